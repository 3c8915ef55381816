// inttest-runner: did the integration tests really pass for exactly these digests?
#include "common/step/step.hpp"
#include "plugins/inttest-runner/options.hpp"
#include "plugins/inttest-runner/verbs/verbs.hpp"

namespace stagegate::inttest {
namespace {

class InttestRunner : public step::Program {
 public:
  std::string name() const override { return "inttest-runner"; }
  std::string purpose() const override {
    return "Did the integration tests really pass for exactly these images?";
  }
  void declare(settings::Table& table) override { declare_options(table, options_); }
  step::Outcome run(const step::Run& run) override { return run_tests(options_, run); }

 private:
  Options options_;
};

}  // namespace
}  // namespace stagegate::inttest

int main(int argc, char** argv) {
  stagegate::inttest::InttestRunner program;
  return stagegate::step::run_program(program, argc, argv);
}
