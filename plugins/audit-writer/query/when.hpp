// Points in time as people name them when they look back.
#pragma once

#include <string_view>

#include "common/audit/record/record.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

// RFC 3339 ("2026-11-24T12:00:00Z"), a day ("2026-11-24": its beginning in UTC), or how long ago
// ("7d", "90m").
Result<audit::Stamp> parse_when(std::string_view text, audit::Stamp now);
bool is_when(std::string_view text);

}  // namespace stagegate::audit_writer
