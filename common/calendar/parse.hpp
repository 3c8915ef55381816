// From the YAML of a calendar file to a Schedule. common/calendar/calendar.md documents the format.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/calendar/fields.hpp"
#include "common/calendar/schedule.hpp"
#include "common/text/yaml.hpp"

namespace stagegate::market_hours {

// Finds the calendar that a file names as its `base`.
using FindBase = std::function<Result<Schedule>(const std::string& id)>;

// The schedule, unless `faults` holds an error at the end.
Schedule parse_schedule(const text::YamlNode& document, const FindBase& find_base, Faults& faults);

// The parts, each from the node of its key. They append to what is already there.
void parse_holidays(const text::YamlNode& list, std::vector<Rule>& holidays, Faults& faults);
void parse_closures(const text::YamlNode& list, std::vector<Rule>& closures, Faults& faults);
void parse_early_closes(const text::YamlNode& list, std::vector<EarlyClose>& early, Faults& faults);
void parse_hours(const text::YamlNode& list, std::vector<HoursTable>& hours, Faults& faults);
void parse_freezes(const text::YamlNode& list, std::vector<Freeze>& freezes, Faults& faults);
void parse_overrides(const text::YamlNode& list, std::vector<Override>& overrides, Faults& faults);

// What can only be said once all parts are known: that the hours cover the valid range, say.
void check_schedule(const Schedule& schedule, text::Position at, Faults& faults);

inline const std::vector<std::string> kSessionNames{"core", "pre", "after", "night"};

}  // namespace stagegate::market_hours
