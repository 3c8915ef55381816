// The calendars that are built into the binary: builtin/*.yaml.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/calendar/schedule.hpp"
#include "common/result/result.hpp"

namespace stagegate::market_hours {

// The YAML of a built-in calendar.
std::optional<std::string_view> builtin_text(std::string_view id);

// Unknown ids fail and name the nearest.
Result<Schedule> builtin_schedule(const std::string& id);

}  // namespace stagegate::market_hours
