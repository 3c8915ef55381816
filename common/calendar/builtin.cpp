#include "common/calendar/builtin.hpp"

#include <vector>

#include "embedded_stagegate_calendar.hpp"

#include "common/calendar/calendar.hpp"
#include "common/calendar/lint.hpp"
#include "common/calendar/parse.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

constexpr std::string_view kSuffix = ".yaml";

std::string_view id_of(const builtin::File& file) {
  return file.name.substr(0, file.name.size() - kSuffix.size());
}

// Without reading the whole file: every built-in has its title on a line of its own.
std::string title_of(std::string_view yaml) {
  constexpr std::string_view kKey = "title:";
  for (const auto line : text::split(yaml, '\n')) {
    if (line.starts_with(kKey)) {
      auto title = text::trim(line.substr(kKey.size()));
      if (title.size() >= 2 && title.front() == '"') title = title.substr(1, title.size() - 2);
      return std::string(title);
    }
  }
  return {};
}

}  // namespace

std::optional<std::string_view> builtin_text(std::string_view id) {
  for (const auto& file : builtin::files()) {
    if (id_of(file) == id) return file.bytes;
  }
  return std::nullopt;
}

Result<Schedule> builtin_schedule(const std::string& id) {
  const auto yaml = builtin_text(id);
  if (!yaml) {
    std::vector<std::string> ids;
    for (const auto& file : builtin::files()) ids.emplace_back(id_of(file));
    const auto near = text::nearest(id, ids);
    return unknown(text::cat("unknown calendar ", text::quoted(id),
                             near.empty() ? "" : text::cat("; did you mean ", near, "?"),
                             "; built in are: ", text::join(ids, ", ")));
  }
  const auto no_base = [](const std::string& base) -> Result<Schedule> {
    return unknown(text::cat("a built-in calendar has no base, not even ", base));
  };
  Faults faults;
  const auto document = text::parse_yaml(*yaml);
  if (!document)
    return unknown(text::cat("built-in calendar ", id, ": ", document.error().message));
  Schedule schedule = parse_schedule(*document, no_base, faults);
  if (!faults.usable())
    return unknown(text::cat("built-in calendar ", id, ": ", show_errors(faults.take(), id)));
  schedule.source = "built-in calendar " + id;
  return schedule;
}

std::vector<Builtin> builtin_calendars() {
  std::vector<Builtin> calendars;
  for (const auto& file : builtin::files())
    calendars.push_back({std::string(id_of(file)), title_of(file.bytes)});
  return calendars;
}

}  // namespace stagegate::market_hours
