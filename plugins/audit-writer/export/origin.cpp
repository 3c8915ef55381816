#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/export/mapping.hpp"

namespace stagegate::audit_writer {

using text::cat;

// An origin is an address without a scheme: as a network path it stays one.
std::string source_uri(std::string_view origin) {
  std::string out = "/";
  for (const auto segment : text::split(origin, '/')) out += "/" + text::percent_encode(segment);
  return out;
}

std::string event_id(const Record& record) {
  const auto id = record.text("id");
  return id.empty() ? cat("seq-", record.seq) : std::string(id);
}

std::string event_time(const Record& record) {
  const auto occurred = record.text("occurred_at");
  return std::string(occurred.empty() ? record.text("ts") : occurred);
}

std::string subject_of(const Record& record) {
  const auto project = record.text("project");
  const auto stage = record.text("target_stage");
  return cat(project, project.empty() || stage.empty() ? "" : "/", stage);
}

}  // namespace stagegate::audit_writer
