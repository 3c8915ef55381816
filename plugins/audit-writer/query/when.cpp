#include "plugins/audit-writer/query/when.hpp"

#include <chrono>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "common/time/instant.hpp"

namespace stagegate::audit_writer {

Result<audit::Stamp> parse_when(std::string_view text, audit::Stamp now) {
  if (const auto stamp = audit::parse_stamp(text)) return *stamp;
  if (const auto instant = time::parse_instant(text)) return audit::Stamp{*instant};
  if (const auto day = time::parse_date(text)) {
    return audit::Stamp{time::Instant{day->time_since_epoch()}};
  }
  if (const auto ago = text::parse_duration(text)) return now - *ago;
  return usage(text::cat(text::quoted(text),
                         " is no time: write 2026-11-24T12:00:00Z, a day as 2026-11-24, or how "
                         "long ago as 7d or 90m"));
}

bool is_when(std::string_view text) {
  return parse_when(text, audit::Stamp{}).has_value();
}

}  // namespace stagegate::audit_writer
