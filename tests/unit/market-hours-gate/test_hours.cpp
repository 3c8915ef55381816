// The edges of the hours, second by second, and the properties that hold everywhere between them.
#include <random>

#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using std::chrono::hours;
using std::chrono::minutes;
using time::seconds;

namespace {

struct TradingDay {
  const char* date;
  const char* offset;
};

// Requirement 11.1 word for word, without the calendar: Monday to Friday, 09:30 to 16:00.
bool blocked_by_the_letter(const time::Zone& new_york, time::Instant at) {
  const auto local = new_york.to_local(at);
  const auto day = date::floor<date::days>(local);
  const date::weekday weekday{day};
  const auto clock = local - day;
  return weekday != date::Saturday && weekday != date::Sunday && clock >= hours{9} + minutes{30} &&
         clock < hours{16};
}

// The first minute from `at` on in which the letter says `wanted`.
time::Instant first_minute(const time::Zone& new_york, time::Instant at, bool wanted) {
  while (blocked_by_the_letter(new_york, at) != wanted) at += minutes{1};
  return at;
}

}  // namespace

TEST_CASE("blocked from 09:30:00 to 15:59:59 in New York, on both sides of every clock change") {
  const auto& [date, offset] = GENERATE(table<const char*, const char*>({
      {"2026-03-06", "-05:00"},  // Friday before the clocks go forward
      {"2026-03-09", "-04:00"},
      {"2026-10-30", "-04:00"},  // Friday before they go back
      {"2026-11-02", "-05:00"},
      {"2007-03-12", "-04:00"},  // the first year of the present rule
      {"2006-03-13", "-05:00"},  // under the old one, April was the month
      {"2040-03-12", "-04:00"},
  }));
  const std::string id = GENERATE("us-equity-hours", "xnys");
  const Calendar calendar = builtin_of(id);
  const auto at = [&, day = std::string(date), zone = std::string(offset)](const char* clock) {
    return judged(calendar, day + "T" + clock + zone);
  };
  INFO(id << " " << date);
  CHECK(at("09:29:59").allowed);
  CHECK_FALSE(at("09:30:00").allowed);
  CHECK_FALSE(at("15:59:59").allowed);
  CHECK(at("16:00:00").allowed);
  CHECK(at("09:29:59").blocked_at == at("09:30:00").at);
  CHECK(at("09:30:00").allowed_at == at("16:00:00").at);
}

TEST_CASE("the default calendar is the letter of the requirement, minute by minute") {
  const Calendar calendar = builtin_of("us-equity-hours");
  std::mt19937 random(11);
  std::uniform_int_distribution<int> any_minute(0, 60 * 24 * 365 * 30);
  for (int round = 0; round < 600; ++round) {
    // Every second round is within days of a clock change.
    const auto at =
        round % 2 == 0
            ? instant_of("2000-01-03T00:00:00Z") + minutes{any_minute(random)}
            : instant_of(round % 4 == 1 ? "2027-03-12T00:00:00Z" : "2027-11-05T00:00:00Z") +
                  minutes{any_minute(random) % (60 * 96)};
    const bool blocked = blocked_by_the_letter(calendar.zone(), at);
    const Verdict verdict = judged(calendar, at);
    INFO(time::rfc3339(at));
    REQUIRE(verdict.allowed != blocked);
    REQUIRE((blocked ? verdict.allowed_at : verdict.blocked_at) ==
            first_minute(calendar.zone(), at, !blocked));
    REQUIRE_FALSE((blocked ? verdict.blocked_at : verdict.allowed_at).has_value());
  }
}

TEST_CASE("what a verdict promises for later is what it says then, and not a second sooner") {
  const std::string id = GENERATE("xnys", "xtks", "xlon", "xasx");
  const Adjustments adjustments{.pad_before = minutes{15},
                                .pad_after = seconds{605},
                                .freezes = yaml_of("[{ name: Fridays, weekly: [fri], from_time: "
                                                   "'12:00', to_time: '22:30' }]")};
  const Calendar calendar = builtin_of(id, adjustments);
  const Require require = GENERATE(Require::closed, Require::open);
  const Policy policy{.require = require, .need = GENERATE(seconds{0}, seconds{1800})};
  std::mt19937 random(12);
  std::uniform_int_distribution<int> any(0, 86400 * 365 * 8);
  for (int round = 0; round < 60; ++round) {
    const auto at = instant_of("2019-01-07T00:00:00Z") + seconds{any(random)};
    const Verdict verdict = judged(calendar, at, policy);
    INFO(id << " " << time::rfc3339(at) << " " << shown(verdict));
    if (verdict.allowed) {
      REQUIRE(verdict.blocked_at);
      // The last second from which the deployment is over in time.
      const auto last = *verdict.blocked_at - std::max(policy.need, seconds{1});
      REQUIRE(judged(calendar, last, policy).allowed);
      REQUIRE_FALSE(judged(calendar, last + seconds{1}, policy).allowed);
    } else {
      REQUIRE(verdict.allowed_at);
      REQUIRE(judged(calendar, *verdict.allowed_at, policy).allowed);
      REQUIRE_FALSE(judged(calendar, *verdict.allowed_at - seconds{1}, policy).allowed);
      const auto between = at + (*verdict.allowed_at - at) / 2;
      REQUIRE((between == *verdict.allowed_at || !judged(calendar, between, policy).allowed));
    }
  }
}

TEST_CASE("a deployment that ends as the market opens fits, and a second more does not") {
  const Calendar xnys = builtin_of("xnys");
  const auto at = instant_of("2026-11-24T14:00:00Z");  // half an hour before the open
  CHECK(shown(judged(xnys, at, {.need = minutes{30}})) ==
        "allowed outside_hours until 2026-11-24T14:30:00Z");
  CHECK(shown(judged(xnys, at, {.need = minutes{30} + seconds{1}})) ==
        "blocked too_short until 2026-11-24T21:00:00Z");
}

TEST_CASE("a deployment that needs longer than any pause finds the weekend, or nothing") {
  const Calendar xnys = builtin_of("xnys");
  // Thanksgiving: from Wednesday's close to Friday's open.
  CHECK(shown(judged(xnys, "2026-11-24T22:00:00Z", {.need = hours{40}})) ==
        "blocked too_short until 2026-11-25T21:00:00Z");
  CHECK(shown(judged(xnys, "2026-11-24T22:00:00Z", {.need = hours{60}})) ==
        "blocked too_short until 2026-11-27T18:00:00Z");
  CHECK(shown(judged(xnys, "2026-11-24T22:00:00Z", {.need = hours{200}})) ==
        "blocked too_short until never");
}

TEST_CASE("need counts inside the session where the market has to be open") {
  const Calendar xnys = builtin_of("xnys");
  const auto at = instant_of("2026-11-24T20:00:00Z");  // an hour before the close
  CHECK(shown(judged(xnys, at, {.require = Require::open, .need = hours{1}})) ==
        "allowed within_hours until 2026-11-24T21:00:00Z");
  CHECK(shown(judged(xnys, at, {.require = Require::open, .need = hours{1} + seconds{1}})) ==
        "blocked too_short until 2026-11-25T14:30:00Z");
}

TEST_CASE("pads move both edges of the session by exactly their length") {
  const Calendar padded = builtin_of("xnys", {.pad_before = minutes{15}, .pad_after = minutes{10}});
  CHECK(shown(judged(padded, "2026-11-24T14:14:59Z")) ==
        "allowed outside_hours until 2026-11-24T14:15:00Z");
  CHECK(shown(judged(padded, "2026-11-24T14:15:00Z")) ==
        "blocked around_session until 2026-11-24T21:10:00Z");
  CHECK(shown(judged(padded, "2026-11-24T14:30:00Z")) ==
        "blocked market_open until 2026-11-24T21:10:00Z");
  CHECK(shown(judged(padded, "2026-11-24T21:00:00Z")) ==
        "blocked around_session until 2026-11-24T21:10:00Z");
  CHECK(shown(judged(padded, "2026-11-24T21:10:00Z")) ==
        "allowed outside_hours until 2026-11-25T14:15:00Z");
}

TEST_CASE("an early close ends the block early") {
  const Calendar xnys = builtin_of("xnys");
  CHECK_FALSE(judged(xnys, "2026-11-27T17:59:59Z").allowed);
  CHECK(judged(xnys, "2026-11-27T18:00:00Z").allowed);
}

TEST_CASE("the allowed spans of a week are the pauses between its sessions") {
  const Calendar xnys = builtin_of("xnys");
  const auto from = instant_of("2026-11-24T15:00:00Z");
  const auto spans = allowed_spans(xnys, Require::closed, from, from + date::days{2});
  REQUIRE(spans);
  const Spans expected{{instant_of("2026-11-24T21:00:00Z"), instant_of("2026-11-25T14:30:00Z")},
                       {instant_of("2026-11-25T21:00:00Z"), instant_of("2026-11-26T15:00:00Z")}};
  CHECK(*spans == expected);
  CHECK(allowed_spans(xnys, Require::closed, from, from)->empty());
  const auto open = allowed_spans(xnys, Require::open, from, from + date::days{1});
  REQUIRE(open);
  // Cut to what was asked for at both ends.
  const Spans sessions{{from, instant_of("2026-11-24T21:00:00Z")},
                       {instant_of("2026-11-25T14:30:00Z"), from + date::days{1}}};
  CHECK(*open == sessions);
}
