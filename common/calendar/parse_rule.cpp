// holidays, early_closes and closures.
#include <charconv>
#include <system_error>

#include "common/calendar/parse.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::YamlNode;

const std::vector<std::string> kHolidayPrimitives{"fixed",        "nth",        "easter", "equinox",
                                                  "on_or_before", "sandwiched", "dates"};
const std::vector<std::string> kEarlyPrimitives{
    "fixed", "nth", "easter", "equinox", "on_or_before", "last_session_on_or_before", "dates"};

std::optional<Primitive> read_fixed(const YamlNode& node, Faults& faults) {
  Fixed fixed;
  for (const YamlNode* item : items_of(node)) {
    if (const auto day = read_month_day(*item, faults)) fixed.days.push_back(*day);
  }
  if (fixed.days.empty()) {
    faults.error(node.at, "fixed holds no day");
    return std::nullopt;
  }
  return fixed;
}

std::optional<date::weekday> weekday_of(Fields& fields) {
  const YamlNode* node = fields.need("weekday");
  if (node == nullptr) return std::nullopt;
  return read_weekday(*node, fields.faults());
}

std::optional<Primitive> read_nth(const YamlNode& node, Faults& faults) {
  Fields fields(node, "nth", {"month", "weekday", "n", "plus_days"}, faults);
  fields.need("month");
  fields.need("n");
  const auto month = fields.whole("month", 1, 12);
  const auto weekday = weekday_of(fields);
  const auto n = fields.whole("n", -5, 5);
  const auto plus_days = fields.whole("plus_days", -30, 30);
  if (!month || !weekday || !n) return std::nullopt;
  if (*n == 0) {
    fields.error(fields.find("n")->at, "n: there is no 0th weekday; 1 is the first, -1 the last");
    return std::nullopt;
  }
  return Nth{date::month{static_cast<unsigned>(*month)}, *weekday, *n, plus_days.value_or(0)};
}

std::optional<Primitive> read_easter(const YamlNode& node, Faults& faults) {
  const auto days = read_whole(node, "easter", -100, 100, faults);
  if (!days) return std::nullopt;
  return Easter{*days};
}

std::optional<double> read_decimal(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<Primitive> read_equinox(const YamlNode& node, Faults& faults) {
  Fields fields(node, "equinox", {"season", "base"}, faults);
  fields.need("season");
  const YamlNode* base = fields.need("base");
  const auto month = fields.one_of<unsigned>("season", {{"spring", 3u}, {"autumn", 9u}});
  if (base == nullptr || !month) return std::nullopt;
  const auto written = read_text(*base, "base", faults);
  if (!written) return std::nullopt;
  const auto value = read_decimal(*written);
  if (!value || *value < 10 || *value > 30) {
    faults.error(base->at, text::cat("base: ", text::quoted(*written),
                                     " is no day of the month like 20.8431"));
    return std::nullopt;
  }
  return Equinox{date::month{*month}, *value};
}

std::optional<Primitive> read_on_or_before(const YamlNode& node, Faults& faults) {
  Fields fields(node, "on_or_before", {"date", "weekday"}, faults);
  const YamlNode* limit = fields.need("date");
  const auto day = limit == nullptr ? std::nullopt : read_month_day(*limit, faults);
  const auto weekday = weekday_of(fields);
  if (!day || !weekday) return std::nullopt;
  return OnOrBefore{*day, *weekday};
}

std::optional<Primitive> read_last_session(const YamlNode& node, Faults& faults) {
  const auto day = read_month_day(node, faults);
  if (!day) return std::nullopt;
  return LastSessionOnOrBefore{*day};
}

std::optional<Primitive> read_primitive(const std::string& key, Fields& fields) {
  const YamlNode& node = *fields.find(key);
  if (key == "fixed") return read_fixed(node, fields.faults());
  if (key == "nth") return read_nth(node, fields.faults());
  if (key == "easter") return read_easter(node, fields.faults());
  if (key == "equinox") return read_equinox(node, fields.faults());
  if (key == "on_or_before") return read_on_or_before(node, fields.faults());
  if (key == "last_session_on_or_before") return read_last_session(node, fields.faults());
  if (key == "sandwiched") {
    if (fields.yes_or_no(key) == true) return Sandwiched{};
    fields.error(node.at, "sandwiched can only be true");
    return std::nullopt;
  }
  auto dates = fields.dates(key);
  if (!dates || dates->empty()) return std::nullopt;
  return Dates{std::move(*dates)};
}

void read_years(Fields& fields, Rule& rule) {
  rule.from = fields.whole("from", kFirstYear, kLastYear);
  rule.to = fields.whole("to", kFirstYear, kLastYear);
  if (rule.from && rule.to && *rule.from > *rule.to)
    fields.error(fields.find("to")->at, "to lies before from: the rule would never hold");
  const YamlNode* except = fields.find("except");
  if (except == nullptr) return;
  for (const YamlNode* item : items_of(*except)) {
    if (const auto year = read_whole(*item, "except", kFirstYear, kLastYear, fields.faults()))
      rule.except.push_back(*year);
  }
}

std::optional<Observe> read_observe(Fields& fields) {
  return fields.one_of<Observe>("observe",
                                {{"none", Observe::none},
                                 {"sunday_to_monday", Observe::sunday_to_monday},
                                 {"nearest", Observe::nearest},
                                 {"weekend_to_monday", Observe::weekend_to_monday},
                                 {"weekend_to_friday", Observe::weekend_to_friday},
                                 {"sunday_to_next_free_day", Observe::sunday_to_next_free_day},
                                 {"weekend_to_next_free_day", Observe::weekend_to_next_free_day}});
}

// The rule of a map that has exactly one of the primitives.
std::optional<Rule> read_rule(Fields& fields, const std::vector<std::string>& primitives) {
  Rule rule;
  fields.need("name");
  rule.name = fields.text("name").value_or("");
  read_years(fields, rule);
  rule.observe = read_observe(fields).value_or(Observe::none);
  rule.only = fields.weekdays("only").value_or(kEveryDay);

  std::vector<std::string> given;
  for (const auto& key : primitives) {
    if (fields.has(key)) given.push_back(key);
  }
  if (given.size() != 1) {
    fields.error(fields.at(),
                 text::cat("a rule needs exactly one of ", text::join(primitives, ", "),
                           given.empty() ? "" : "; it has ", text::join(given, ", ")));
    return std::nullopt;
  }
  auto when = read_primitive(given.front(), fields);
  if (!when) return std::nullopt;
  rule.when = std::move(*when);
  return rule;
}

std::vector<std::string> with_keys(std::vector<std::string> keys,
                                   const std::vector<std::string>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

}  // namespace

void parse_holidays(const YamlNode& list, std::vector<Rule>& holidays, Faults& faults) {
  for (const YamlNode& item : list_of(list, "holidays", faults)) {
    Fields fields(
        item, "a holiday",
        with_keys({"name", "observe", "from", "to", "except", "only"}, kHolidayPrimitives), faults);
    if (item.kind != YamlNode::Kind::map) continue;
    if (auto rule = read_rule(fields, kHolidayPrimitives)) holidays.push_back(std::move(*rule));
  }
}

void parse_closures(const YamlNode& list, std::vector<Rule>& closures, Faults& faults) {
  for (const YamlNode& item : list_of(list, "closures", faults)) {
    Fields fields(item, "a closure", {"name", "dates"}, faults);
    if (item.kind != YamlNode::Kind::map) continue;
    if (auto rule = read_rule(fields, {"dates"})) closures.push_back(std::move(*rule));
  }
}

void parse_early_closes(const YamlNode& list, std::vector<EarlyClose>& early, Faults& faults) {
  for (const YamlNode& item : list_of(list, "early_closes", faults)) {
    Fields fields(
        item, "an early close",
        with_keys({"name", "close", "observe", "from", "to", "except", "only"}, kEarlyPrimitives),
        faults);
    if (item.kind != YamlNode::Kind::map) continue;
    fields.need("close");
    const auto close = fields.time("close");
    auto rule = read_rule(fields, kEarlyPrimitives);
    if (rule && (rule->observe == Observe::sunday_to_next_free_day ||
                 rule->observe == Observe::weekend_to_next_free_day)) {
      fields.error(fields.find("observe")->at, "an early close cannot seek a free day");
    }
    if (rule && close) early.push_back({std::move(*rule), *close, item.at});
  }
}

}  // namespace stagegate::market_hours
