#include "common/text/text.hpp"
#include "plugins/audit-writer/export/mapping.hpp"

namespace stagegate::audit_writer {
namespace {

// The sequence extension compares as text.
std::string ordered(std::uint64_t seq) {
  std::string digits = std::to_string(seq);
  return std::string(digits.size() < 10 ? 10 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::vector<text::Json> cloud_events(const Exportable& from) {
  const Record& record = from.record;
  text::Json event;
  event.set("specversion", "1.0")
      .set("id", event_id(record))
      .set("source", source_uri(from.origin))
      .set("type", record.redacted_by ? "stagegate.redacted" : "stagegate." + record.event());
  if (const auto subject = subject_of(record); !subject.empty()) event.set("subject", subject);
  if (const auto time = event_time(record); !time.empty()) event.set("time", time);
  event.set("datacontenttype", "application/json");
  if (!record.redacted_by) event.set("dataschema", kRecordSchema);
  return {event.set("sequence", ordered(record.seq)).set("data", record.json)};
}

}  // namespace stagegate::audit_writer
