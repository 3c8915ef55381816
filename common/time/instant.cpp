#include "common/time/instant.hpp"

#include <array>
#include <cstdio>
#include <optional>

#include "common/text/text.hpp"

namespace stagegate::time {
namespace {

// Takes a text apart from left to right; every step says whether it fitted.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool take_any(std::string_view accepted) {
    if (rest_.empty() || accepted.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  // Exactly so many digits, with a value of at most `most`.
  bool digits(std::size_t count, int most, int& value) {
    if (rest_.size() < count) return false;
    int read = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      read = read * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    value = read;
    return read <= most;
  }
  std::size_t count_digits() const {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    return count;
  }
  void skip(std::size_t count) { rest_.remove_prefix(count); }

 private:
  std::string_view rest_;
};

std::optional<Date> read_date(Cursor& cursor) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool shaped = cursor.digits(4, 9999, year) && cursor.take_any("-") &&
                      cursor.digits(2, 12, month) && cursor.take_any("-") &&
                      cursor.digits(2, 31, day);
  if (!shaped) return std::nullopt;
  const auto found = date::year{year} / month / day;
  if (!found.ok()) return std::nullopt;
  return Date{found};
}

// "13:00" or "13:00:30" with a fraction, which is cut; a leap second counts as the one before it.
std::optional<seconds> read_clock_time(Cursor& cursor) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!cursor.digits(2, 23, hour) || !cursor.take_any(":") || !cursor.digits(2, 59, minute))
    return std::nullopt;
  if (cursor.take_any(":")) {
    if (!cursor.digits(2, 60, second)) return std::nullopt;
    if (cursor.take_any(".")) {
      const std::size_t fraction = cursor.count_digits();
      if (fraction == 0) return std::nullopt;
      cursor.skip(fraction);
    }
  }
  return seconds{hour * 3600 + minute * 60 + (second == 60 ? 59 : second)};
}

std::optional<Local> read_local(Cursor& cursor) {
  const auto day = read_date(cursor);
  if (!day || !cursor.take_any("Tt ")) return std::nullopt;
  const auto time = read_clock_time(cursor);
  if (!time) return std::nullopt;
  return *day + *time;
}

std::optional<seconds> read_offset(Cursor& cursor) {
  if (cursor.take_any("Zz")) return seconds{0};
  const bool west = cursor.peek() == '-';
  if (!cursor.take_any("+-")) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  if (!cursor.digits(2, 23, hours) || !cursor.take_any(":") || !cursor.digits(2, 59, minutes))
    return std::nullopt;
  const int total = hours * 3600 + minutes * 60;
  return seconds{west ? -total : total};
}

}  // namespace

std::string rfc3339(Instant instant) {
  const auto day = date::floor<date::days>(instant);
  const auto of_day = date::hh_mm_ss<seconds>{instant - day};
  std::array<char, 32> time{};
  std::snprintf(
      time.data(), time.size(), "T%02d:%02d:%02dZ", static_cast<int>(of_day.hours().count()),
      static_cast<int>(of_day.minutes().count()), static_cast<int>(of_day.seconds().count()));
  return iso_date(Date{day.time_since_epoch()}) + time.data();
}

std::string iso_date(Date day) {
  const date::year_month_day found{day};
  std::array<char, 32> shown{};
  std::snprintf(shown.data(), shown.size(), "%04d-%02u-%02u", static_cast<int>(found.year()),
                static_cast<unsigned>(found.month()), static_cast<unsigned>(found.day()));
  return shown.data();
}

Result<Instant> parse_instant(std::string_view text) {
  Cursor cursor(text);
  const auto local = read_local(cursor);
  const auto offset = local ? read_offset(cursor) : std::nullopt;
  if (!offset || !cursor.done()) {
    return usage(text::cat(text::quoted(text),
                           " is no point in time; expected one with an offset, like "
                           "2026-11-27T13:00:00-05:00 or 2026-11-27T18:00:00Z"));
  }
  return Instant{local->time_since_epoch() - *offset};
}

Result<Date> parse_date(std::string_view text) {
  Cursor cursor(text);
  const auto day = read_date(cursor);
  if (!day || !cursor.done())
    return usage(text::cat(text::quoted(text), " is no date; expected one like 2026-11-27"));
  return *day;
}

Result<Local> parse_local(std::string_view text) {
  Cursor cursor(text);
  const auto local = read_local(cursor);
  if (!local || !cursor.done()) {
    return usage(
        text::cat(text::quoted(text), " is no date and time; expected one like 2026-11-27T13:00"));
  }
  return *local;
}

Result<seconds> parse_time_of_day(std::string_view text) {
  const auto bad = [&] {
    return usage(text::cat(text::quoted(text), " is no time of day; expected one like 09:30"));
  };
  Cursor cursor(text);
  int hour = 0;
  int minute = 0;
  int second = 0;
  const std::size_t hour_digits = cursor.count_digits() == 1 ? 1 : 2;
  if (!cursor.digits(hour_digits, 24, hour) || !cursor.take_any(":")) return bad();
  if (!cursor.digits(2, 59, minute)) return bad();
  if (cursor.take_any(":") && !cursor.digits(2, 59, second)) return bad();
  const seconds since_midnight{hour * 3600 + minute * 60 + second};
  if (!cursor.done() || since_midnight > date::days{1}) return bad();
  return since_midnight;
}

std::string show_time_of_day(seconds since_midnight) {
  const auto total = static_cast<int>(since_midnight.count());
  std::array<char, 32> shown{};
  if (total % 60 == 0) {
    std::snprintf(shown.data(), shown.size(), "%02d:%02d", total / 3600, total / 60 % 60);
  } else {
    std::snprintf(shown.data(), shown.size(), "%02d:%02d:%02d", total / 3600, total / 60 % 60,
                  total % 60);
  }
  return shown.data();
}

}  // namespace stagegate::time
