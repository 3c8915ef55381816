// argocd-sync: is exactly this tag deployed and healthy, and did we do it?
#include <map>

#include "common/step/step.hpp"
#include "plugins/argocd-sync/options.hpp"
#include "plugins/argocd-sync/verbs/verbs.hpp"

namespace stagegate::argocd {
namespace {

using Act = step::Outcome (*)(const Options&, const step::Run&);

const std::map<std::string, Act>& verbs() {
  static const std::map<std::string, Act> kVerbs = {
      {"sync", sync}, {"wait", wait}, {"lint-windows", lint_windows}};
  return kVerbs;
}

class ArgocdSync : public step::Program {
 public:
  std::string name() const override { return "argocd-sync"; }
  std::string purpose() const override {
    return "Is exactly this tag deployed and healthy, and was it us?";
  }
  void declare(settings::Table& table) override { declare_options(table, options_); }
  step::Outcome run(const step::Run& run) override { return verbs().at(run.verb)(options_, run); }

 private:
  Options options_;
};

}  // namespace
}  // namespace stagegate::argocd

int main(int argc, char** argv) {
  stagegate::argocd::ArgocdSync program;
  return stagegate::step::run_program(program, argc, argv);
}
