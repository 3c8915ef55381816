// What is wrong with a calendar file, all of it, each fault at its line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/calendar/fields.hpp"

namespace stagegate::market_hours {

// In the order of the file; none means that the calendar can be used as it is.
std::vector<Fault> lint(std::string_view yaml);

// "us.yaml:12:5: error: ..."
std::string show(const Fault& fault, std::string_view path);
// The errors alone, one a line.
std::string show_errors(const std::vector<Fault>& faults, std::string_view path);

// A file's schedule, as far as there is one; without an error in `faults` it can be used.
Schedule read_schedule(std::string_view yaml, Faults& faults);

}  // namespace stagegate::market_hours
