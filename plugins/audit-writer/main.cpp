// audit-writer: who promoted what, when, from where to where, why; can you prove nobody changed the
// answer?
#include <map>
#include <memory>

#include "common/step/step.hpp"
#include "plugins/audit-writer/options.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using Act = step::Outcome (*)(const Options&, const step::Run&);

struct Verb {
  Act act;
  // What can be said when the store is silent, or a signal has come, before it is done. Without,
  // the verb itself watches over what it does.
  const char* cut_short = nullptr;
  // How long it may go on after a signal. Of what only reads nothing is lost when it ends at once.
  std::chrono::milliseconds grace = kGrace;
};

constexpr const char* kOnlyRead = "Nothing in the log has been changed";
constexpr std::chrono::milliseconds kAtOnce{0};

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> kVerbs = {
      {"append", {append}},
      {"init",
       {init,
        "The log may have been begun. Run init again; if the file of key_out is there by now, with "
        "audit_key_file naming it instead of key_out"}},
      {"keygen", {keygen, "The file of key_out may be there in part: delete it, and try again"}},
      {"import", {import_pending}},
      {"grant", {grant}},
      {"revoke", {revoke}},
      {"review", {review}},
      {"stage enable", {stage_enable}},
      {"stage disable", {stage_disable}},
      {"current", {current, kOnlyRead, kAtOnce}},
      {"history", {history, kOnlyRead, kAtOnce}},
      {"show", {show_record, kOnlyRead, kAtOnce}},
      {"where", {where, kOnlyRead, kAtOnce}},
      {"diff", {diff, kOnlyRead, kAtOnce}},
      {"proof", {proof, kOnlyRead, kAtOnce}},
      {"verify", {verify, kOnlyRead, kAtOnce}},
      {"repair",
       {repair,
        "Some of it may be repaired, and nothing is lost: run repair again, it goes on from "
        "there"}},
      {"recover",
       {recover,
        "The new log may have been begun: run recover again with the same new_log and key_out, it "
        "goes on from there"}},
      {"redact",
       {redact,
        "The record may be redacted, or only the record that says so be stored: run redact again, "
        "it finishes what was begun"}},
      {"doctor", {doctor, kOnlyRead, kAtOnce}},
      {"export", {export_log, kOnlyRead, kAtOnce}},
      {"report dora", {report_dora, kOnlyRead, kAtOnce}},
      {"report compliance", {report_compliance, kOnlyRead, kAtOnce}},
      {"serve", {serve}},
      {"watch", {watch}},
  };
  return kVerbs;
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
    const Verb& verb = verbs().at(run.verb);
    std::unique_ptr<step::Patience> patience;
    if (verb.cut_short != nullptr) {
      patience = give_up_on_silence(options_, run, verb.grace, verb.cut_short);
    }
    return verb.act(options_, run);
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
