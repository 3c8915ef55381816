// Records in the words of other systems. Each mapping is one way: what a form has no place for is
// carried along whole, so that nothing is lost.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

struct Exportable {
  const Record& record;
  std::string_view line;      // the record's bytes
  const std::string& origin;  // of its log
};

// CloudEvents 1.0, structured mode.
std::vector<text::Json> cloud_events(const Exportable& from);
// CDEvents 0.5.1: a deployment is a service event for each image, all else a custom event.
std::vector<text::Json> cd_events(const Exportable& from);
// OCSF 1.8.0, class Application Lifecycle.
std::vector<text::Json> ocsf_events(const Exportable& from);
// in-toto Statement v1 about the images; none for a record that names no digest.
std::vector<text::Json> in_toto_statements(const Exportable& from);

// What the mappings have in common.

inline constexpr std::string_view kRecordSchema =
    "https://stagegate.example/schemas/audit-record/v1.json";
// The log as a URI reference: "//example.com/stonks/audit".
std::string source_uri(std::string_view origin);
// The record's id; for one whose id has been redacted, its number.
std::string event_id(const Record& record);
// When it happened, or else when it was recorded; empty for a redacted record.
std::string event_time(const Record& record);
// What it is about: "stonks/live", or whichever half is known.
std::string subject_of(const Record& record);

}  // namespace stagegate::audit_writer
