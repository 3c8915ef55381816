#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "plugins/argocd-sync/windows/cron.hpp"
#include "tests/catch.hpp"

using stagegate::argocd::Cron;
namespace time_ = stagegate::time;

namespace {

time_::Local local(std::string_view text) {
  return time_::parse_local(text).value();
}

std::string next(std::string_view schedule, std::string_view after) {
  const auto next = Cron::parse(schedule).value().next(local(after));
  if (!next) return "never";
  return date::format("%F %T", *next);
}

std::string why_not(std::string_view schedule) {
  const auto cron = Cron::parse(schedule);
  return cron ? "" : cron.error().message;
}

}  // namespace

TEST_CASE("a schedule begins at the next time that fits, never at the very time it is asked for") {
  CHECK(next("30 9 * * 1-5", "2026-11-27T09:29:59") == "2026-11-27 09:30:00");
  CHECK(next("30 9 * * 1-5", "2026-11-27T09:30:00") == "2026-11-30 09:30:00");
  CHECK(next("30 9 * * 1-5", "2026-11-29T00:00:00") == "2026-11-30 09:30:00");
  CHECK(next("* * * * *", "2026-12-31T23:59:00") == "2027-01-01 00:00:00");
  CHECK(next("* * * * *", "2026-12-31T23:58:59") == "2026-12-31 23:59:00");
  CHECK(next("0 0 1 1 *", "2026-01-01T00:00:00") == "2027-01-01 00:00:00");
  CHECK(next("59 23 31 12 *", "2026-12-31T23:58:59") == "2026-12-31 23:59:00");
}

TEST_CASE("lists, ranges, steps and names fit as they do in Argo CD's library") {
  CHECK(next("0,15,45 * * * *", "2026-11-27T09:15:00") == "2026-11-27 09:45:00");
  CHECK(next("10-12 * * * *", "2026-11-27T09:12:00") == "2026-11-27 10:10:00");
  CHECK(next("*/20 * * * *", "2026-11-27T09:40:00") == "2026-11-27 10:00:00");
  CHECK(next("5/20 * * * *", "2026-11-27T09:25:00") == "2026-11-27 09:45:00");
  CHECK(next("10-30/15 * * * *", "2026-11-27T09:25:00") == "2026-11-27 10:10:00");
  CHECK(next("0 0 * FEB Mon", "2026-11-27T09:25:00") == "2027-02-01 00:00:00");
  CHECK(next("0 0 * jan-mar *", "2026-03-31T09:25:00") == "2027-01-01 00:00:00");
  CHECK(next("0 9 * * sat,SUN", "2026-11-27T00:00:00") == "2026-11-28 09:00:00");
  CHECK(next("0 9 * * 0", "2026-11-27T00:00:00") == "2026-11-29 09:00:00");
  CHECK(next("? ? ? ? ?", "2026-11-27T00:00:00") == "2026-11-27 00:01:00");
  // What is after a * counts for nothing, empty places in a list neither.
  CHECK(next("*-5 9 * * *", "2026-11-27T09:10:00") == "2026-11-27 09:11:00");
  CHECK(next("7,,8 9 * * *", "2026-11-27T09:07:00") == "2026-11-27 09:08:00");
  CHECK(next(" 1\t2  3 4 * ", "2026-11-27T09:07:00") == "2027-04-03 02:01:00");
}

TEST_CASE("a day fits either field, or both where one of them is a plain star") {
  // The 13th, and every Friday.
  CHECK(next("0 0 13 * fri", "2026-11-07T00:00:00") == "2026-11-13 00:00:00");
  CHECK(next("0 0 13 * fri", "2026-11-13T00:00:00") == "2026-11-20 00:00:00");
  CHECK(next("0 0 14 * fri", "2026-11-13T00:00:00") == "2026-11-14 00:00:00");
  CHECK(next("0 0 13 * *", "2026-11-13T00:00:00") == "2026-12-13 00:00:00");
  CHECK(next("0 0 13 * ?", "2026-11-13T00:00:00") == "2026-12-13 00:00:00");
  CHECK(next("0 0 * * fri", "2026-11-13T00:00:00") == "2026-11-20 00:00:00");
  CHECK(next("0 0 */1 * fri", "2026-11-13T00:00:00") == "2026-11-20 00:00:00");
  // */2 is no plain star: odd days, and Fridays.
  CHECK(next("0 0 */2 * fri", "2026-11-19T00:00:00") == "2026-11-20 00:00:00");
  CHECK(next("0 0 */2 * fri", "2026-11-20T00:00:00") == "2026-11-21 00:00:00");
}

TEST_CASE("a schedule that does not come within five years never begins") {
  CHECK(next("0 0 30 2 *", "2026-11-13T00:00:00") == "never");
  CHECK(next(", 9 * * *", "2026-11-13T00:00:00") == "never");
  CHECK(next("0 0 29 2 *", "2026-11-13T00:00:00") == "2028-02-29 00:00:00");
  // 2100 has no February 29; at the end of 2098 the year 2104 is further than five years.
  CHECK(next("0 0 29 2 *", "2098-12-31T23:59:58") == "never");
  CHECK(next("0 0 29 2 *", "2098-12-31T23:59:59") == "2104-02-29 00:00:00");
}

TEST_CASE("a schedule that Argo CD refuses is refused, and it is said what is wrong") {
  using namespace std::string_literals;
  CHECK_THAT(why_not(""), ContainsSubstring("has 0 fields, not five"));
  CHECK_THAT(why_not("30 9 * *"), ContainsSubstring("has 4 fields"));
  CHECK_THAT(why_not("0 30 9 * * 1-5"), ContainsSubstring("has 6 fields"));
  CHECK_THAT(why_not("@daily"), ContainsSubstring("write five fields"));
  CHECK_THAT(why_not("TZ=America/New_York 30 9 * * *"), ContainsSubstring("belongs into timeZone"));
  CHECK_THAT(why_not("CRON_TZ=UTC 30 9 * * *"), ContainsSubstring("belongs into timeZone"));
  CHECK_THAT(why_not("0 24 * * *"), ContainsSubstring("its hour \"24\" is not within 0 to 23"));
  CHECK_THAT(why_not("60 * * * *"), ContainsSubstring("its minute"));
  CHECK_THAT(why_not("0 0 0 * *"), ContainsSubstring("its day of the month"));
  CHECK_THAT(why_not("0 0 * 13 *"), ContainsSubstring("its month"));
  // Sunday is 0; many other crons take a 7 as well.
  CHECK_THAT(why_not("0 0 * * 7"), ContainsSubstring("its day of the week \"7\""));
  CHECK_THAT(why_not("0 0 * * 5-7"), ContainsSubstring("is not within 0 to 6"));
  CHECK_THAT(why_not("0 0 * * fri-mon"), ContainsSubstring("ends before it begins"));
  CHECK_THAT(why_not("0 0 * * monday"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not("0 0 * * 1-2-3"), ContainsSubstring("more than two ends"));
  CHECK_THAT(why_not("*/5/5 * * * *"), ContainsSubstring("more than one step"));
  CHECK_THAT(why_not("*/0 * * * *"), ContainsSubstring("a step of 0"));
  CHECK_THAT(why_not("*/ * * * *"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not("-5 * * * *"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not("5- * * * *"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not("1.5 * * * *"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not("jan * * * *"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not("*/jan * * jan *"), ContainsSubstring("numbers or names"));
  CHECK_THAT(why_not(std::string(2000, '1') + " * * * *"), ContainsSubstring("longer than"));
  CHECK_THAT(why_not("99999999999999999999 * * * *"), ContainsSubstring("numbers or names"));
}

TEST_CASE("the next beginning is the first minute that fits each field") {
  const auto cron = Cron::parse("7-59/13 3,9-11 1-7 */3 2,4").value();
  const std::set<unsigned> minutes{7, 20, 33, 46, 59};
  const std::set<unsigned> hours{3, 9, 10, 11};
  const auto fits = [&](time_::Local at) {
    const auto day = date::floor<date::days>(at);
    const date::year_month_day ymd{day};
    const auto minute = static_cast<unsigned>((at - day).count() / 60);
    const unsigned weekday = date::weekday{day}.c_encoding();
    return minutes.contains(minute % 60) && hours.contains(minute / 60) &&
           unsigned{ymd.month()} % 3 == 1 &&
           (unsigned{ymd.day()} <= 7 || weekday == 2 || weekday == 4);
  };
  std::optional<time_::Local> expected;
  for (auto at = local("2026-12-31T23:59"); at >= local("2026-01-01T00:00");
       at -= std::chrono::minutes{1}) {
    if (fits(at)) expected = at;
    if (expected) REQUIRE(cron.next(at - time_::seconds{1}) == *expected);
  }
}
