#include "common/calendar/builtin.hpp"
#include "common/calendar/diff.hpp"
#include "common/calendar/lint.hpp"
#include "common/calendar/show.hpp"
#include "common/fs/file.hpp"
#include "common/text/table.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"

namespace stagegate::market_hours {
namespace {

using step::Outcome;
using step::outcome_of;

struct Days {
  time::Date first;
  time::Date last;
};

// The days that the options ask for: from..to, or a year.
Result<Days> days_of(const Options& options, const Calendar& calendar, time::Instant now) {
  if (options.from || options.to) {
    if (!options.from || !options.to) return usage("from and to: give both, or a year");
    if (*options.from > *options.to) return usage("from is later than to");
    return Days{*options.from, *options.to};
  }
  const date::year_month_day today{date::floor<date::days>(calendar.zone().to_local(now))};
  const date::year year = options.year ? date::year{static_cast<int>(*options.year)} : today.year();
  return Days{time::Date{year / 1 / 1}, time::Date{year / 12 / 31}};
}

Result<Calendar> load(const Options& options, const std::string& id) {
  return load_calendar(id, gate_settings(options).adjustments);
}

// A text that may have failed, as an outcome.
Outcome printed(Result<std::string> text) {
  if (!text) return outcome_of(text.error());
  while (text->ends_with('\n')) text->pop_back();
  return {.text = std::move(*text)};
}

text::Json::Array fault_list(const std::vector<Fault>& faults) {
  text::Json::Array list;
  list.reserve(faults.size());
  for (const Fault& fault : faults) {
    list.push_back(text::Json()
                       .set("line", fault.at.line)
                       .set("column", fault.at.column)
                       .set("weight", fault.weight == Fault::Weight::error ? "error" : "warning")
                       .set("message", fault.message));
  }
  return list;
}

}  // namespace

Outcome calendar_list(const Options& /*options*/, const step::Run& /*run*/) {
  text::Table table({"calendar", "title"});
  text::Json::Array list;
  for (const auto& [id, title] : builtin_calendars()) {
    table.row({id, title});
    list.push_back(text::Json().set("id", id).set("title", title));
  }
  auto outcome = printed(table.text());
  outcome.json.set("calendars", std::move(list));
  return outcome;
}

Outcome calendar_show(const Options& options, const step::Run& run) {
  const auto calendar = load(options, options.calendar);
  if (!calendar) return outcome_of(calendar.error());
  const auto days = days_of(options, *calendar, run.clock.now());
  if (!days) return outcome_of(days.error());
  const auto [first, last] = *days;
  if (run.output == "csv") return printed(show_csv(*calendar, first, last));
  if (run.output == "ics") return printed(show_ics(*calendar, first, last, run.clock.now()));
  auto outcome = printed(show_text(*calendar, first, last));
  if (outcome.failed) return outcome;
  auto json = show_json(*calendar, first, last);
  if (!json) return outcome_of(json.error());
  outcome.json = std::move(*json);
  return outcome;
}

Outcome calendar_lint(const Options& options, const step::Run& /*run*/) {
  constexpr std::size_t kMostBytes = 1u << 20;
  const auto yaml = fs::read_file(options.calendar, kMostBytes);
  if (!yaml && builtin_text(options.calendar)) {
    return outcome_of(
        {Failure::Kind::usage, text::cat(options.calendar,
                                         " is built in; what is looked for faults is a "
                                         "file: calendar lint my-calendar.yaml")});
  }
  if (!yaml) return outcome_of(yaml.error());
  const auto faults = lint(*yaml);
  Outcome outcome;
  for (const Fault& fault : faults) {
    outcome.text += show(fault, options.calendar) + "\n";
    if (fault.weight == Fault::Weight::error) outcome.exit = step::Exit::no;
  }
  outcome.text += faults.empty()
                      ? text::cat(options.calendar, ": no faults")
                      : text::cat(faults.size(), faults.size() == 1 ? " fault" : " faults");
  outcome.json.set("file", options.calendar).set("faults", fault_list(faults));
  return outcome;
}

Outcome calendar_diff(const Options& options, const step::Run& run) {
  const auto left = load(options, options.calendar);
  if (!left) return outcome_of(left.error());
  const auto right = load(options, options.other_calendar);
  if (!right) return outcome_of(right.error());
  const auto days = days_of(options, *left, run.clock.now());
  if (!days) return outcome_of(days.error());
  const auto differences = diff(*left, *right, days->first, days->last);
  if (!differences) return outcome_of(differences.error());
  auto outcome = printed(show_text(*differences, *left, *right));
  outcome.json = to_json(*differences, *left, *right);
  if (!differences->empty()) outcome.exit = step::Exit::no;
  return outcome;
}

}  // namespace stagegate::market_hours
