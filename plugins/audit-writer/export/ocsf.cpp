#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/statement.hpp"
#include "plugins/audit-writer/export/mapping.hpp"

namespace stagegate::audit_writer {
namespace {

using text::Json;

constexpr std::int64_t kCategory = 6;  // Application Activity
constexpr std::int64_t kClass = 6002;  // Application Lifecycle

struct Named {
  std::int64_t id;
  std::string name;
};

Named activity_of(const Record& record) {
  if (record.is("promotion", "succeeded")) return {8, "Update"};
  if (record.is("stage_control", "enabled")) return {6, "Enable"};
  if (record.is("stage_control", "disabled")) return {7, "Disable"};
  return {99, record.event()};
}

// What was stopped is a failure of what was tried; the source's own word stays in status_code.
Named status_of(std::string_view outcome) {
  if (outcome == "success") return {1, "Success"};
  if (outcome == "failure" || outcome == "error" || outcome == "blocked" || outcome == "aborted") {
    return {2, "Failure"};
  }
  if (outcome == "pending") return {99, "pending"};
  return {0, "Unknown"};
}

// Somebody should look at what went around a rule or changed the log itself.
Named severity_of(const Record& record) {
  const auto event = record.text("event");
  const bool rule_bypassed = record.is("gate", "overridden") || record.is("break_glass", "consume");
  const bool log_changed = record.text("type") == "log" &&
                           (event == "redacted" || event == "recovered" || event == "key_rotated");
  if (rule_bypassed || log_changed) return {3, "Medium"};
  const auto outcome = record.text("outcome");
  return outcome == "failure" || outcome == "error" ? Named{2, "Low"} : Named{1, "Informational"};
}

std::optional<std::int64_t> milliseconds(std::string_view time) {
  const auto stamp = audit::parse_stamp(time);
  if (!stamp) return std::nullopt;
  return stamp->time_since_epoch().count();
}

Json user_of(const Json& actor) {
  const auto kind = actor.text("kind");
  Named type{0, "Unknown"};
  if (kind == "human") type = {1, "User"};
  if (kind == "service") type = {4, "Service"};
  Json user;
  user.set("name", actor.text("name")).set("type_id", type.id).set("type", type.name);
  if (const auto raw = actor.text("raw"); !raw.empty()) user.set("uid", raw);
  return user;
}

Json metadata_of(const Exportable& from) {
  const Record& record = from.record;
  Json product;
  if (const auto* writer = record.json.find("writer")) {
    product.set("name", writer->text("tool")).set("version", writer->text("version"));
  } else {
    product.set("name", "stagegate");
  }
  Json metadata;
  metadata.set("version", "1.8.0")
      .set("profiles", Json::Array{"host"})
      .set("product", product.set("vendor_name", "stagegate"))
      .set("uid", event_id(record))
      .set("sequence", record.seq)
      .set("log_name", from.origin)
      .set("event_code", record.event());
  if (const auto logged = milliseconds(record.text("ts"))) metadata.set("logged_time", *logged);
  return metadata;
}

Json app_of(const Exportable& from) {
  const auto project = from.record.text("project");
  Json app;
  app.set("name", project.empty() ? std::string_view(from.origin) : project);
  if (const auto tag = from.record.text("image_tag"); !tag.empty()) app.set("version", tag);
  return app;
}

}  // namespace

std::vector<Json> ocsf_events(const Exportable& from) {
  const Record& record = from.record;
  const auto time = milliseconds(event_time(record));
  if (!time) return {};
  const Named activity = activity_of(record);
  const Named severity = severity_of(record);
  Json event;
  event.set("category_uid", kCategory)
      .set("category_name", "Application Activity")
      .set("class_uid", kClass)
      .set("class_name", "Application Lifecycle")
      .set("activity_id", activity.id)
      .set("activity_name", activity.name)
      .set("type_uid", kClass * 100 + activity.id)
      .set("severity_id", severity.id)
      .set("severity", severity.name)
      .set("time", *time)
      .set("message", summary(record.json))
      .set("metadata", metadata_of(from))
      .set("app", app_of(from));
  if (const auto* operated_by = record.json.find("operator")) {
    event.set("actor", Json().set("user", user_of(*operated_by)));
  }
  if (const auto outcome = record.text("outcome"); !outcome.empty()) {
    const Named status = status_of(outcome);
    event.set("status_id", status.id).set("status", status.name).set("status_code", outcome);
  }
  if (const auto reason = record.text("reason"); !reason.empty()) {
    event.set("status_detail", reason);
  }
  return {event.set("unmapped", record.json)};
}

}  // namespace stagegate::audit_writer
