#include <algorithm>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/export/mapping.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

Json context_of(const Exportable& from, std::string id, std::string type) {
  return Json()
      .set("specversion", "0.5.1")
      .set("id", std::move(id))
      .set("source", source_uri(from.origin))
      .set("type", std::move(type))
      .set("timestamp", event_time(from.record));
}

// Subjects and predicates of CDEvents are letters only.
std::string letters(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != '_'; });
  return out;
}

std::string_view predicate_of(const Record& record) {
  const auto* rollback = record.json.find("rollback");
  if (rollback != nullptr && rollback->boolean() != nullptr && *rollback->boolean()) {
    return "rolledback";
  }
  return record.text("previous_tag").empty() ? "deployed" : "upgraded";
}

struct Artifact {
  std::string service;
  std::string purl;
};

// "pkg:oci/scheduler@sha256%3A...?repository_url=registry.example.com/stonks/scheduler&tag=..."
Artifact artifact_of(const Json& image, std::string_view tag) {
  const std::string name(image.text("name"));
  const std::string service = name.substr(name.rfind('/') + 1);
  std::string purl = cat("pkg:oci/", text::percent_encode(text::lower(service)), "@",
                         text::percent_encode(image.text("digest")));
  if (service.size() < name.size()) purl += "?repository_url=" + text::percent_encode(name);
  purl += cat(service.size() < name.size() ? "&" : "?", "tag=", text::percent_encode(tag));
  return {service, purl};
}

std::vector<Artifact> artifacts_of(const Record& record) {
  const auto tag = record.text("image_tag");
  std::vector<Artifact> artifacts;
  const auto* images = record.json.find("images");
  if (images != nullptr && images->array() != nullptr) {
    for (const Json& image : *images->array()) artifacts.push_back(artifact_of(image, tag));
  }
  if (artifacts.empty()) {
    const std::string project(record.text("project"));
    artifacts.push_back({project, cat("pkg:generic/", text::percent_encode(project), "@",
                                      text::percent_encode(tag))});
  }
  return artifacts;
}

std::vector<Json> service_events(const Exportable& from) {
  const Record& record = from.record;
  const std::string type = cat("dev.cdevents.service.", predicate_of(record), ".0.3.0");
  const Json environment =
      Json().set("id", record.text("target_stage")).set("source", source_uri(from.origin));
  std::vector<Json> events;
  for (const Artifact& artifact : artifacts_of(record)) {
    std::string id = event_id(record);
    if (!events.empty()) id += cat("-", events.size() + 1);
    events.push_back(
        Json()
            .set("context", context_of(from, std::move(id), type))
            .set("subject",
                 Json()
                     .set("id", artifact.service)
                     .set("source", source_uri(from.origin))
                     .set("content",
                          Json().set("environment", environment).set("artifactId", artifact.purl)))
            .set("customData", record.json)
            .set("customDataContentType", "application/json"));
  }
  return events;
}

Json custom_event(const Exportable& from) {
  const Record& record = from.record;
  const std::string subject = subject_of(record);
  return Json()
      .set("context", context_of(from, event_id(record),
                                 cat("dev.cdeventsx.stagegate-", letters(record.text("type")), ".",
                                     letters(record.text("event")), ".1.0.0")))
      .set("subject", Json()
                          .set("id", subject.empty() ? from.origin : subject)
                          .set("source", source_uri(from.origin))
                          .set("content", record.json));
}

}  // namespace

std::vector<Json> cd_events(const Exportable& from) {
  // A redacted record has neither a type nor a time left.
  if (from.record.redacted_by) return {};
  if (from.record.is("promotion", "succeeded")) return service_events(from);
  return {custom_event(from)};
}

}  // namespace stagegate::audit_writer
