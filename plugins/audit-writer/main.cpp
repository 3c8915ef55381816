// audit-writer: who promoted what, when, from where to where, why; can you prove nobody changed the
// answer?
#include <map>
#include <memory>
#include <set>

#include <unistd.h>

#include "common/step/interrupt.hpp"
#include "common/step/step.hpp"
#include "plugins/audit-writer/options.hpp"
#include "plugins/audit-writer/verbs/patience.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using Act = step::Outcome (*)(const Options&, const step::Run&);

const std::map<std::string, Act>& acts() {
  static const std::map<std::string, Act> kActs = {
      {"append", append},
      {"init", init},
      {"keygen", keygen},
      {"import", import_pending},
      {"grant", grant},
      {"revoke", revoke},
      {"review", review},
      {"stage enable", stage_enable},
      {"stage disable", stage_disable},
      {"current", current},
      {"history", history},
      {"show", show_record},
      {"where", where},
      {"diff", diff},
      {"proof", proof},
      {"verify", verify},
      {"repair", repair},
      {"recover", recover},
      {"redact", redact},
      {"doctor", doctor},
      {"export", export_log},
      {"report dora", report_dora},
      {"report compliance", report_compliance},
      {"serve", serve},
      {"watch", watch},
  };
  return kActs;
}

// Nothing is lost when one of these is ended in the middle of its work, however long a log it
// reads.
std::unique_ptr<Patience> end_at_once(const step::Run& run) {
  static const std::set<std::string> kReading = {
      "current", "history", "show",   "where",       "diff",
      "proof",   "verify",  "export", "report dora", "report compliance"};
  if (!kReading.contains(run.verb)) return nullptr;
  return std::make_unique<Patience>(
      Patience::Limits{.deadline = {}, .interrupt_fd = run.interrupt_fd}, [](Lost) {
        ::_exit(static_cast<int>(step::interrupted().value_or(step::Exit::terminated)));
      });
}

class AuditWriter : public step::Program {
 public:
  std::string name() const override { return "audit-writer"; }
  std::string purpose() const override {
    return "Who promoted what, when, from where to where, and why; and the proof that nobody has "
           "changed the answer.";
  }
  std::vector<std::string> other_outputs() const override { return {"jsonl", "csv", "html", "md"}; }
  void declare(settings::Table& table) override { declare_options(table, options_); }

  step::Outcome run(const step::Run& run) override {
    if (auto fits = printable(run.verb, run.output); !fits) return step::outcome_of(fits.error());
    const auto patience = end_at_once(run);
    return acts().at(run.verb)(options_, run);
  }

 private:
  Options options_;
};

}  // namespace
}  // namespace stagegate::audit_writer

int main(int argc, char** argv) {
  stagegate::audit_writer::AuditWriter program;
  return stagegate::step::run_program(program, argc, argv);
}
