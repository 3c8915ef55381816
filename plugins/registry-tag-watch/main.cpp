// registry-tag-watch: do all images of this build exist, and which digests are they?
#include <map>

#include "common/step/step.hpp"
#include "plugins/registry-tag-watch/options.hpp"
#include "plugins/registry-tag-watch/verbs/verbs.hpp"

namespace stagegate::tag_watch {
namespace {

using Act = step::Outcome (*)(const Options&, const step::Run&);

const std::map<std::string, Act>& verbs() {
  static const std::map<std::string, Act> kVerbs = {
      {"wait", wait}, {"check", check}, {"mark", mark}, {"new", find_new}, {"watch", watch},
  };
  return kVerbs;
}

class RegistryTagWatch : public step::Program {
 public:
  std::string name() const override { return "registry-tag-watch"; }
  std::string purpose() const override {
    return "Do all images of a build exist, and which digests are they?";
  }
  void declare(settings::Table& table) override { declare_options(table, options_); }
  step::Outcome run(const step::Run& run) override { return verbs().at(run.verb)(options_, run); }

 private:
  Options options_;
};

}  // namespace
}  // namespace stagegate::tag_watch

int main(int argc, char** argv) {
  stagegate::tag_watch::RegistryTagWatch program;
  return stagegate::step::run_program(program, argc, argv);
}
