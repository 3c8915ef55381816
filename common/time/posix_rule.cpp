#include "common/time/posix_rule.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::time {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Reads the rule from left to right. After the first fault every further step yields empty.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "EST", or "<+0330>" where the name is not all letters.
  std::optional<std::string> name() {
    const bool bracketed = take('<');
    std::size_t length = 0;
    while (length < rest_.size() && allowed(rest_[length], bracketed)) ++length;
    std::string found(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (bracketed && !take('>')) return std::nullopt;
    if (length < 3 || length > 16) return std::nullopt;
    return found;
  }

  std::optional<int> number(int least, int most) {
    int value = 0;
    std::size_t length = 0;
    for (; length < rest_.size() && length < 4 && is_digit(rest_[length]); ++length)
      value = value * 10 + (rest_[length] - '0');
    rest_.remove_prefix(length);
    if (length == 0 || value < least || value > most) return std::nullopt;
    return value;
  }

  // "[+-]hh[:mm[:ss]]"
  std::optional<seconds> time(int most_hours) {
    const int sign = take('-') ? -1 : (take('+'), 1);
    const auto hours = number(0, most_hours);
    if (!hours) return std::nullopt;
    int total = *hours * 3600;
    for (int unit = 60; unit > 0 && take(':'); unit /= 60) {
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      total += *part * unit;
    }
    return seconds{sign * total};
  }

 private:
  static bool allowed(char c, bool bracketed) {
    return is_alpha(c) || (bracketed && (is_digit(c) || c == '+' || c == '-'));
  }
  std::string_view rest_;
};

std::optional<YearlyChange> read_month_weekday(Cursor& cursor) {
  const auto month = cursor.number(1, 12);
  if (!month || !cursor.take('.')) return std::nullopt;
  const auto week = cursor.number(1, 5);
  if (!week || !cursor.take('.')) return std::nullopt;
  const auto weekday = cursor.number(0, 6);
  if (!weekday) return std::nullopt;
  YearlyChange change;
  change.month = static_cast<unsigned>(*month);
  change.week = static_cast<unsigned>(*week);
  change.weekday = static_cast<unsigned>(*weekday);
  return change;
}

std::optional<YearlyChange> read_day(Cursor& cursor) {
  if (cursor.take('M')) return read_month_weekday(cursor);
  YearlyChange change;
  const bool julian = cursor.take('J');
  const auto number = julian ? cursor.number(1, 365) : cursor.number(0, 365);
  if (!number) return std::nullopt;
  change.day = julian ? YearlyChange::Day::julian : YearlyChange::Day::zero_based;
  change.number = *number;
  return change;
}

std::optional<YearlyChange> read_change(Cursor& cursor) {
  if (!cursor.take(',')) return std::nullopt;
  auto change = read_day(cursor);
  if (!change || !cursor.take('/')) return change;
  const auto time = cursor.time(167);
  if (!time) return std::nullopt;
  change->time = *time;
  return change;
}

std::optional<LocalType> read_type(Cursor& cursor) {
  auto name = cursor.name();
  if (!name) return std::nullopt;
  LocalType type;
  type.abbrev = std::move(*name);
  return type;
}

date::year year_of(Instant instant) {
  // Beyond these years the calendar arithmetic would overflow; nobody schedules there.
  const Instant first{date::sys_days{date::year{-9999} / 1 / 1}};
  const Instant last{date::sys_days{date::year{9999} / 1 / 1}};
  const auto day = date::floor<date::days>(std::clamp(instant, first, last));
  return date::year_month_day{day}.year();
}

}  // namespace

date::local_seconds YearlyChange::in(date::year year) const {
  const date::local_days new_year{year / 1 / 1};
  switch (day) {
    case Day::julian: {
      const bool after_february = year.is_leap() && number >= 60;
      return new_year + date::days{number - 1 + (after_february ? 1 : 0)} + time;
    }
    case Day::zero_based:
      return new_year + date::days{number} + time;
    case Day::month_weekday:
      break;
  }
  const date::weekday wanted{weekday};
  const auto of_month = year / date::month{month};
  if (week == 5) return date::local_days{of_month / wanted[date::last]} + time;
  return date::local_days{of_month / wanted[week]} + time;
}

Result<PosixRule> PosixRule::parse(std::string_view text) {
  const auto bad = [&] { return unknown(text::cat("bad time zone rule ", text::quoted(text))); };
  Cursor cursor(text);
  PosixRule rule;
  auto standard = read_type(cursor);
  if (!standard) return bad();
  const auto west = cursor.time(24);  // POSIX counts westward
  if (!west) return bad();
  standard->offset = -*west;
  rule.standard_ = std::move(*standard);
  if (cursor.done()) return rule;

  auto daylight = read_type(cursor);
  if (!daylight) return bad();
  daylight->daylight_saving = true;
  daylight->offset = rule.standard_.offset + std::chrono::hours{1};
  if (cursor.peek() != ',') {
    const auto daylight_west = cursor.time(24);
    if (!daylight_west) return bad();
    daylight->offset = -*daylight_west;
  }
  // POSIX lets the dates be left out, which means whatever the system likes: not a rule.
  const auto start = read_change(cursor);
  const auto end = start ? read_change(cursor) : std::nullopt;
  if (!end || !cursor.done()) return bad();
  rule.daylight_ = std::move(*daylight);
  rule.start_ = *start;
  rule.end_ = *end;
  return rule;
}

std::optional<std::array<PosixRule::Change, 2>> PosixRule::changes(date::year year) const {
  if (!daylight_) return std::nullopt;
  const auto instant = [](Local local, seconds offset) {
    return Instant{local.time_since_epoch() - offset};
  };
  const Change start{instant(start_.in(year), standard_.offset), &standard_, &*daylight_};
  const Change end{instant(end_.in(year), daylight_->offset), &*daylight_, &standard_};
  if (end.at < start.at) return std::array{end, start};  // the southern hemisphere
  return std::array{start, end};
}

PosixRule::Period PosixRule::at(Instant instant) const {
  if (!daylight_) return {&standard_, Instant::min()};
  // A change may lie in another year in UTC than on the wall clock (and by its time, up to a week
  // away), so the neighbours count too. Changes at the same instant: the later year's one holds,
  // which makes "all the year" rules such as EST5EDT,0/0,J365/25 come out right.
  const date::year middle = year_of(instant);
  Period period{nullptr, Instant::min()};
  for (int step = -1; step <= 1; ++step) {
    const auto of_year = changes(middle + date::years{step});
    for (const Change& change : *of_year) {
      if (period.type == nullptr) period.type = change.before;
      if (change.at <= instant) period = {change.after, change.at};
    }
  }
  return period;
}

}  // namespace stagegate::time
