#include "common/calendar/fields.hpp"

#include <algorithm>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::YamlNode;

const std::vector<std::string> kWeekdayNames{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = text::nearest(word, candidates);
  return near.empty() ? "" : text::cat("; did you mean ", near, "?");
}

}  // namespace

void Faults::error(text::Position at, std::string message) {
  list_.push_back({at, std::move(message), Fault::Weight::error});
  ++errors_;
}

void Faults::warning(text::Position at, std::string message) {
  list_.push_back({at, std::move(message), Fault::Weight::warning});
}

std::vector<Fault> Faults::take() {
  std::stable_sort(list_.begin(), list_.end(),
                   [](const Fault& left, const Fault& right) { return left.at < right.at; });
  return std::move(list_);
}

Fields::Fields(const YamlNode& node, std::string what, std::vector<std::string> keys,
               Faults& faults)
    : node_(node), what_(std::move(what)), faults_(faults) {
  if (node.kind != YamlNode::Kind::map) {
    error(node.at, text::cat(what_, " must be a map of keys and values"));
    return;
  }
  for (const auto& entry : node.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) continue;
    error(entry.at,
          text::cat("unknown key ", text::quoted(entry.key), " in ", what_,
                    did_you_mean(entry.key, keys), "; known are: ", text::join(keys, ", ")));
  }
}

const YamlNode* Fields::need(std::string_view key) {
  const YamlNode* found = find(key);
  if (found == nullptr && node_.kind == YamlNode::Kind::map)
    error(node_.at, text::cat(what_, " needs ", key));
  return found;
}

std::optional<std::string> Fields::text(std::string_view key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  return read_text(*node, key, faults_);
}

std::optional<int> Fields::whole(std::string_view key, int least, int most) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  return read_whole(*node, key, least, most, faults_);
}

std::optional<Date> Fields::date(std::string_view key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  return read_date(*node, key, faults_);
}

std::optional<seconds> Fields::time(std::string_view key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  return read_time(*node, key, faults_);
}

std::optional<seconds> Fields::duration(std::string_view key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto written = read_text(*node, key, faults_);
  if (!written) return std::nullopt;
  const auto length = text::parse_duration(*written);
  constexpr std::chrono::hours kMost{24 * 7};
  if (!length || *length > kMost) {
    error(node->at, text::cat(key, ": ", text::quoted(*written),
                              " is no length of time up to 7d; expected one like 15m"));
    return std::nullopt;
  }
  return std::chrono::ceil<seconds>(*length);
}

std::optional<bool> Fields::yes_or_no(std::string_view key) {
  return one_of<bool>(key, {{"true", true}, {"false", false}});
}

std::optional<Weekdays> Fields::weekdays(std::string_view key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  Weekdays days{};
  for (const YamlNode* item : items_of(*node)) {
    const auto day = read_weekday(*item, faults_);
    if (!day) return std::nullopt;
    days[day->c_encoding()] = true;
  }
  return days;
}

std::optional<std::vector<Date>> Fields::dates(std::string_view key) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  std::vector<Date> dates;
  for (const YamlNode* item : items_of(*node)) {
    if (const auto date = read_date(*item, key, faults_)) dates.push_back(*date);
  }
  if (dates.empty()) error(node->at, text::cat(key, " holds no date"));
  return dates;
}

std::optional<std::size_t> Fields::word_index(std::string_view key,
                                              const std::vector<std::string>& words) {
  const YamlNode* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto written = read_text(*node, key, faults_);
  if (!written) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *written);
  if (found == words.end()) {
    error(node->at,
          text::cat(key, ": ", text::quoted(*written), " is not one of ", text::join(words, ", ")));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - words.begin());
}

std::optional<std::string> read_text(const YamlNode& node, std::string_view what, Faults& faults) {
  if (node.kind == YamlNode::Kind::scalar && !node.scalar.empty()) return node.scalar;
  faults.error(node.at, text::cat(what, " must be a single value"));
  return std::nullopt;
}

std::optional<int> read_whole(const YamlNode& node, std::string_view what, int least, int most,
                              Faults& faults) {
  const auto written = read_text(node, what, faults);
  if (!written) return std::nullopt;
  const auto value = text::parse_int(*written);
  if (!value || *value < least || *value > most) {
    faults.error(node.at, text::cat(what, ": ", text::quoted(*written), " is no whole number from ",
                                    least, " to ", most));
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

std::optional<Date> read_date(const YamlNode& node, std::string_view what, Faults& faults) {
  const auto written = read_text(node, what, faults);
  if (!written) return std::nullopt;
  const auto date = time::parse_date(*written);
  if (!date) {
    faults.error(node.at, text::cat(what, ": ", date.error().message));
    return std::nullopt;
  }
  const auto year = date::year_month_day{*date}.year();
  if (year < date::year{kFirstYear} || year > date::year{kLastYear}) {
    faults.error(node.at, text::cat(what, ": the year of ", *written, " is not between ",
                                    kFirstYear, " and ", kLastYear));
    return std::nullopt;
  }
  return *date;
}

std::optional<date::month_day> read_month_day(const YamlNode& node, Faults& faults) {
  const auto written = read_text(node, "a day of the year", faults);
  if (!written) return std::nullopt;
  // 2000 is a leap year: February 29 is a day of the year, too.
  const auto date = time::parse_date("2000-" + *written);
  if (!date) {
    faults.error(node.at, text::cat(text::quoted(*written),
                                    " is no day of the year; expected month and day, like 12-25"));
    return std::nullopt;
  }
  const date::year_month_day day{*date};
  return day.month() / day.day();
}

std::optional<date::weekday> read_weekday(const YamlNode& node, Faults& faults) {
  const auto written = read_text(node, "a weekday", faults);
  if (!written) return std::nullopt;
  const auto found = std::find(kWeekdayNames.begin(), kWeekdayNames.end(), *written);
  if (found == kWeekdayNames.end()) {
    faults.error(node.at, text::cat(text::quoted(*written), " is no weekday; expected one of ",
                                    text::join(kWeekdayNames, ", ")));
    return std::nullopt;
  }
  return date::weekday{static_cast<unsigned>(found - kWeekdayNames.begin())};
}

std::optional<seconds> read_time(const YamlNode& node, std::string_view what, Faults& faults) {
  const auto written = read_text(node, what, faults);
  if (!written) return std::nullopt;
  const auto time = time::parse_time_of_day(*written);
  if (!node.quoted) {
    faults.error(node.at, text::cat(what, ": write \"", *written,
                                    "\" in quotes: without them, 12:30 is the number 750 to many "
                                    "YAML readers"));
    return std::nullopt;
  }
  if (!time) {
    faults.error(node.at, text::cat(what, ": ", time.error().message));
    return std::nullopt;
  }
  return *time;
}

std::vector<const YamlNode*> items_of(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::list) return {&node};
  std::vector<const YamlNode*> items;
  items.reserve(node.items.size());
  for (const YamlNode& item : node.items) items.push_back(&item);
  return items;
}

const std::vector<YamlNode>& list_of(const YamlNode& node, std::string_view what, Faults& faults) {
  if (node.kind != YamlNode::Kind::list) faults.error(node.at, text::cat(what, " must be a list"));
  return node.items;
}

}  // namespace stagegate::market_hours
