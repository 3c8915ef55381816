#include "plugins/argocd-sync/windows/cron.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "common/text/text.hpp"

namespace stagegate::argocd {

using text::cat;

namespace {

constexpr std::size_t kLongest = 1024;
constexpr int kYearsAhead = 5;
enum Place : std::uint8_t { minute, hour, day_of_month, month, day_of_week };

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\v\f\r";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(kBlank); at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = std::min(text.find_first_not_of(kBlank, end), text.size());
  }
  return words;
}

std::optional<std::int64_t> whole(std::string_view text) {
  const auto number = text::parse_int(text);
  return number && *number >= 0 ? number : std::nullopt;
}

}  // namespace

struct Cron::Range {
  std::string_view name;
  unsigned least;
  unsigned most;
  std::vector<std::string> names;  // of the values from `least` on

  std::optional<std::int64_t> value(std::string_view text) const {
    const auto named = std::ranges::find(names, text::lower(text));
    return named != names.end() ? least + (named - names.begin()) : whole(text);
  }
};

namespace {

struct Values {
  std::int64_t first;
  std::int64_t last;
  std::int64_t step = 1;
};

}  // namespace

Result<Cron::Field> Cron::parse_field(std::string_view text, const Range& range) {
  Field field;
  for (const std::string_view part : text::split(text, ',')) {
    if (part.empty()) continue;
    const auto refuse = [&](std::string_view why) {
      return usage(cat("its ", range.name, " ", text::quoted(part), " ", why));
    };
    const auto slashes = text::split(part, '/');
    const auto ends = text::split(slashes.front(), '-');
    // What follows a * counts for nothing: Argo CD takes "*-5", too.
    const bool all = ends.front() == "*" || ends.front() == "?";
    if (slashes.size() > 2) return refuse("has more than one step");
    if (!all && ends.size() > 2) return refuse("has more than two ends");

    const auto first = all ? range.least : range.value(ends.front());
    const auto last = all ? range.most : range.value(ends.back());
    const auto step = slashes.size() == 2 ? whole(slashes.back()) : 1;
    if (!first || !last || !step) return refuse("is not of numbers or names that are known there");
    // "5/10" goes on to the end.
    const Values values{*first, slashes.size() == 2 && ends.size() == 1 ? range.most : *last,
                        *step};
    if (values.first < range.least || values.last > range.most) {
      return refuse(cat("is not within ", range.least, " to ", range.most));
    }
    if (values.first > values.last) return refuse("ends before it begins");
    if (values.step == 0) return refuse("has a step of 0");
    for (auto value = values.first; value <= values.last; value += values.step) {
      field.values |= std::uint64_t{1} << static_cast<unsigned>(value);
    }
    field.any = field.any || (all && values.step == 1);
  }
  return field;
}

Result<Cron> Cron::parse(std::string_view text) {
  static const std::array<Range, 5> kRanges{{
      {"minute", 0, 59, {}},
      {"hour", 0, 23, {}},
      {"day of the month", 1, 31, {}},
      {"month",
       1,
       12,
       {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      {"day of the week", 0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
  }};
  const auto refuse = [&](std::string_view why) {
    return usage(cat("the schedule ", text::quoted(text), " cannot be used: ", why));
  };
  if (text.size() > kLongest) return refuse(cat("it is longer than ", kLongest, " bytes"));
  if (text.starts_with("@")) return refuse("Argo CD knows no @ schedules; write five fields");
  // Argo CD would take it, and shift the time twice when timeZone is there as well.
  if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
    return refuse("a time zone belongs into timeZone");
  }
  const auto fields = words(text);
  if (fields.size() != kRanges.size()) {
    return refuse(cat("it has ", fields.size(), " fields, not five"));
  }
  Cron cron;
  for (std::size_t place = 0; place < kRanges.size(); ++place) {
    const auto field = parse_field(fields[place], kRanges.at(place));
    if (!field) return refuse(field.error().message);
    cron.fields_.at(place) = *field;
  }
  return cron;
}

bool Cron::fits(time::Date day) const {
  const bool of_month = fields_[day_of_month].holds(unsigned{date::year_month_day{day}.day()});
  const bool of_week = fields_[day_of_week].holds(date::weekday{day}.c_encoding());
  const bool both = fields_[day_of_month].any || fields_[day_of_week].any;
  return both ? of_month && of_week : of_month || of_week;
}

std::optional<time::Local> Cron::next(time::Local after) const {
  using std::chrono::hours;
  using std::chrono::minutes;
  const time::Local soonest = after + time::seconds{1};
  const auto first = date::ceil<minutes>(soonest);
  auto day = date::floor<date::days>(first);
  auto from = first - day;
  const auto last_year =
      date::year_month_day{date::floor<date::days>(soonest)}.year() + date::years{kYearsAhead};
  while (true) {
    const date::year_month_day ymd{day};
    if (ymd.year() > last_year) return std::nullopt;
    if (!fields_[month].holds(unsigned{ymd.month()})) {
      day = date::local_days{(ymd.year() / ymd.month() + date::months{1}) / 1};
      from = {};
      continue;
    }
    if (fits(day)) {
      for (auto time = from; time < hours{24}; time += minutes{1}) {
        const auto in_hour = static_cast<unsigned>(time.count() / 60);
        if (!fields_[hour].holds(in_hour)) {
          time = hours{in_hour} + minutes{59};
        } else if (fields_[minute].holds(static_cast<unsigned>(time.count() % 60))) {
          return day + time;
        }
      }
    }
    day += date::days{1};
    from = {};
  }
}

}  // namespace stagegate::argocd
