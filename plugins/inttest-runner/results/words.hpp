// How the tools write what every form tells: statuses, lengths of time, messages. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/inttest-runner/results/test_case.hpp"

namespace stagegate::inttest {

// "passed", "PASS", "xfail", "pending", ...; empty for a word that nobody has told us about,
// because what is not known to have passed has not passed.
std::optional<TestCase::Status> status_of(std::string_view word);

// "0.0123", "1e-05", "1,234.5" (Surefire writes thousands so). Empty when nobody can say how long
// that is: a negative time after the clock was set, a decimal comma.
std::optional<std::chrono::milliseconds> seconds_of(std::string_view text);
std::optional<std::chrono::milliseconds> milliseconds_of(std::string_view text);

// What happened in short, and below it at length unless that says nothing more. Valid UTF-8.
std::string message_of(std::string_view brief, std::string_view details);

// Valid UTF-8, cut at kLongestText.
std::string kept_text(std::string_view text);

}  // namespace stagegate::inttest
