#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/report/compliance_show.hpp"
#include "plugins/audit-writer/report/dora.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/selection.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

constexpr std::size_t kLongestCheckpoint = std::size_t{64} << 10;

step::Outcome told(const Document& document, text::Json json, const step::Run& run) {
  step::Outcome outcome;
  outcome.json = std::move(json);
  if (run.output == "html") {
    outcome.text = show_html(document);
  } else {
    outcome.text = run.output == "md" ? show_markdown(document) : show_text(document);
  }
  return outcome;
}

// Feeds every record to a reader.
template <class Reader>
Result<> read_all(const RecordSource& source, Reader& reader) {
  return each_record(source, 0, [&](const Record& record) {
    reader.take(record);
    return audit::Next::go_on;
  });
}

Result<Verification> verify_all(const Options& options, const audit::Layout& layout) {
  const auto trusted = audit::trusted_key(options.log);
  if (!trusted) return forward(trusted.error());
  auto known = known_checkpoints(options.verify.known, trusted->key.name());
  if (!known) return forward(known.error());
  const bool anchored = !known->empty();
  auto report = audit::verify(layout, {.key = trusted->key, .known = *std::move(known)});
  const auto note = fs::read_file(layout.checkpoint(), kLongestCheckpoint);
  return Verification{.report = std::move(report),
                      .pinned = trusted->pinned,
                      .anchored = anchored,
                      .checkpoint = note ? *note : std::string()};
}

}  // namespace

step::Outcome report_dora(const Options& options, const step::Run& run) {
  const auto period = parse_period(options.publishing.reporting.period, now());
  if (!period) return step::outcome_of(period.error());
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  DoraReader reader({.period = *period,
                     .stage = options.publishing.reporting.production_stage,
                     .project = options.project});
  if (auto read = read_all(reading->source(), reader); !read) {
    return step::outcome_of(read.error());
  }
  const std::string origin = reading->view().published().origin;
  return told(dora_document(reader, origin, now()), dora_json(reader, now()), run);
}

step::Outcome report_compliance(const Options& options, const step::Run& run) {
  const auto& asked = options.publishing.reporting;
  const auto period = parse_period(asked.period, now());
  if (!period) return step::outcome_of(period.error());
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  ComplianceReader reader({.period = *period,
                           .project = options.project,
                           .approved_stages = asked.approved_stages,
                           .gated_stages = asked.gated_stages});
  if (auto read = read_all(reading->source(), reader); !read) {
    return step::outcome_of(read.error());
  }
  auto verification = verify_all(options, reading->view().layout());
  if (!verification) return step::outcome_of(verification.error());
  const ComplianceReport report{.question = reader.question(),
                                .findings = reader.findings(),
                                .verification = *std::move(verification),
                                .origin = reading->view().published().origin,
                                .now = now()};
  auto outcome = told(compliance_document(report), compliance_json(report), run);
  // The report is there, with the findings in it; but nobody should take it for a good one.
  if (!report.verification.faultless()) outcome.exit = step::Exit::conflict;
  return outcome;
}

}  // namespace stagegate::audit_writer
