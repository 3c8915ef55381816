#include "common/audit/verify/verify.hpp"

#include "common/audit/settings.hpp"
#include "common/audit/verify/foreign_key.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/harmless.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/verbs/selection.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

std::vector<std::string> limits_of(const audit::Trusted& trusted, std::size_t known,
                                   const VerifyOptions& options) {
  std::vector<std::string> notes;
  if (!trusted.pinned) {
    notes.emplace_back(
        "the key is not pinned: it was read beside the log, where whoever changes one can change "
        "both; give audit_vkey");
  }
  if (known == 0) {
    notes.emplace_back(
        "compared with no checkpoint from outside: a complete rollback would not be seen; give "
        "known");
  }
  if (options.quick) notes.emplace_back("quick: older records were not read");
  return notes;
}

std::string findings_text(const audit::Report& report) {
  if (report.findings.empty()) return {};
  text::Table table({"finding", "record", "where", "what"});
  for (const auto& found : report.findings) {
    table.row({std::string(audit::name_of(found.finding)), found.seq ? cat(*found.seq) : "-",
               text::harmless(found.where), text::harmless(found.message)});
  }
  std::string out = cat("\n", table.text());
  if (report.findings_in_all > report.findings.size()) {
    out += cat("(", report.findings.size(), " of ", report.findings_in_all, " findings)\n");
  }
  return out;
}

Json json_of(const audit::Found& found) {
  return Json()
      .set("finding", audit::name_of(found.finding))
      .set("fault", audit::is_fault(found.finding))
      .set("seq", found.seq ? Json(*found.seq) : Json())
      .set("where", found.where)
      .set("message", found.message);
}

Json json_of(const audit::Report& report) {
  Json::Array findings;
  for (const auto& found : report.findings) findings.push_back(json_of(found));
  return Json()
      .set("ok", report.faultless())
      .set("origin", report.head.origin)
      .set("size", report.head.size)
      .set("root", crypto::base64(report.head.root))
      .set("records", report.records)
      .set("bytes", report.bytes)
      .set("redacted", report.redacted)
      .set("findings", std::move(findings))
      .set("findings_in_all", report.findings_in_all);
}

std::string headline(const audit::Report& report) {
  if (!report.faultless()) {
    return cat("NOT OK: ", report.findings_in_all,
               report.findings_in_all == 1 ? " finding in " : " findings in ", report.head.origin);
  }
  std::string out = cat("OK: ", report.records, " records of ", report.head.origin, ", root ",
                        crypto::base64(report.head.root));
  if (report.redacted > 0) out += cat(", ", report.redacted, " redacted");
  return out;
}

// A log that is not the key's has one fault, not one for each of its records.
Result<audit::Report> report_of(const audit::Layout& layout, const audit::VerifyOptions& how) {
  auto foreign = audit::find_foreign_key(layout, how.key);
  if (!foreign) return forward(foreign.error());
  if (!*foreign) return audit::verify(layout, how);
  audit::Report report;
  report.head.origin = how.key.name();
  report.findings.push_back(*std::move(*foreign));
  report.findings_in_all = report.faults = 1;
  return report;
}

}  // namespace

step::Outcome verify(const Options& options, const step::Run& /*run*/) {
  const auto trusted = audit::trusted_key(options.log);
  if (!trusted) return step::outcome_of(trusted.error());
  const auto known = known_checkpoints(options.verify.known, trusted->key.name());
  if (!known) return step::outcome_of(known.error());
  audit::VerifyOptions how{.key = trusted->key};
  how.known = *known;
  how.strict = options.verify.strict;
  how.quick = options.verify.quick;
  how.threads = static_cast<unsigned>(options.verify.threads);
  const auto report = report_of({options.log.audit_log}, how);
  if (!report) return step::outcome_of(report.error());

  const auto notes = limits_of(*trusted, known->size(), options.verify);
  step::Outcome outcome{.text = headline(*report) + findings_text(*report),
                        .json = json_of(*report)};
  for (const auto& note : notes) {
    outcome.text += cat(outcome.text.ends_with('\n') ? "" : "\n", "  note  ", note);
  }
  while (outcome.text.ends_with('\n')) outcome.text.pop_back();
  outcome.json.set("key_pinned", trusted->pinned)
      .set("known", std::uint64_t{known->size()})
      .set("notes", Json::Array(notes.begin(), notes.end()));
  if (!report->faultless()) outcome.exit = step::Exit::conflict;
  return outcome;
}

}  // namespace stagegate::audit_writer
