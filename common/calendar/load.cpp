#include <utility>

#include "common/calendar/builtin.hpp"
#include "common/calendar/calendar.hpp"
#include "common/calendar/lint.hpp"
#include "common/calendar/parse.hpp"
#include "common/fs/file.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".yaml") || name.ends_with(".yml");
}

Result<Schedule> file_schedule(const std::string& path) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  const auto yaml = fs::read_file(path, kMostBytes);
  if (!yaml)
    return unknown(text::cat("calendar file ", path, " cannot be read: ", yaml.error().message));
  Faults faults;
  Schedule schedule = read_schedule(*yaml, faults);
  if (!faults.usable()) return unknown(show_errors(faults.take(), path));
  schedule.source = path;
  return schedule;
}

using ParseList = void (*)(const text::YamlNode& list, Schedule& schedule, Faults& faults);

Result<> add_list(const std::optional<text::YamlNode>& list, const std::string& setting,
                  ParseList parse, Schedule& schedule) {
  if (!list) return {};
  Faults faults;
  parse(*list, schedule, faults);
  if (!faults.usable()) return unknown(show_errors(faults.take(), "setting " + setting));
  return {};
}

void add_freezes(const text::YamlNode& list, Schedule& schedule, Faults& faults) {
  parse_freezes(list, schedule.freezes, faults);
}

void add_overrides(const text::YamlNode& list, Schedule& schedule, Faults& faults) {
  parse_overrides(list, schedule.overrides, faults);
}

Result<> adjust(const Adjustments& by, Schedule& schedule) {
  schedule.pad_before = by.pad_before.value_or(schedule.pad_before);
  schedule.pad_after = by.pad_after.value_or(schedule.pad_after);
  schedule.on_holiday = by.on_holiday.value_or(schedule.on_holiday);
  schedule.lunch_break = by.lunch_break.value_or(schedule.lunch_break);
  schedule.beyond = by.beyond.value_or(schedule.beyond);
  if (!by.block_sessions.empty()) schedule.block_sessions = by.block_sessions;
  if (auto added = add_list(by.freezes, "freezes", add_freezes, schedule); !added) return added;
  if (auto added = add_list(by.overrides, "overrides", add_overrides, schedule); !added)
    return added;
  Faults faults;
  check_schedule(schedule, {}, faults);
  if (faults.usable()) return {};
  std::string message = text::cat("calendar ", schedule.id, " with the given settings:");
  for (const Fault& fault : faults.take()) message += " " + fault.message + ".";
  return unknown(std::move(message));
}

}  // namespace

Result<Calendar> load_calendar(const std::string& id_or_path, const Adjustments& adjustments) {
  auto schedule = is_path(id_or_path) ? file_schedule(id_or_path) : builtin_schedule(id_or_path);
  if (!schedule) {
    const bool no_such_id = !is_path(id_or_path) && !builtin_text(id_or_path);
    return unknown(
        text::cat(schedule.error().message, no_such_id ? "; a file is named by its path" : ""));
  }
  if (auto adjusted = adjust(adjustments, *schedule); !adjusted)
    return forward(std::move(adjusted.error()));
  return Calendar(std::make_shared<const Schedule>(std::move(*schedule)));
}

}  // namespace stagegate::market_hours
