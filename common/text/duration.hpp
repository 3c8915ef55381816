// Lengths of time as people write and read them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::text {

// "90s", "15m", "1h30m", "2d", "1.5h", "250ms", and a bare number of seconds ("30", "1.5").
// No sign, at most 10 years.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The exact form that parse_duration reads back: "1h30m", "90s" becomes "1m30s", "0s".
std::string show_duration(std::chrono::milliseconds duration);

// For people, rounded up to what matters: "2 h 13 min", "45 s", "3 d 4 h".
std::string spoken_duration(std::chrono::seconds duration);

}  // namespace stagegate::text
