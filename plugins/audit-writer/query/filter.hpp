// Which records are asked for.
#pragma once

#include <optional>
#include <string>

#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

struct Filter {
  std::string stage = {};          // target stage
  std::string operator_name = {};  // operator or approver
  std::string tag = {};            // whole, or the first 7 and more characters of it
  std::string type = {};           // "promotion", or "promotion.succeeded"
  std::string project = {};
  std::string promotion = {};
  std::optional<audit::Stamp> since = {};  // appended at or after
  std::optional<audit::Stamp> until = {};  // appended before
  bool break_glass = false;
};

bool matches(const Filter& filter, const Record& record);
bool names_tag(std::string_view given, std::string_view tag);

// Bytes that every matching line holds, the rarest first; empty when there are none.
std::string needle_of(const Filter& filter);

}  // namespace stagegate::audit_writer
