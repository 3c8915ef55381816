// Every reason there is, and the edges of what a calendar knows.
#include <algorithm>

#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

Calendar frozen(const char* freezes) {
  return builtin_of("xnys", {.freezes = yaml_of(freezes)});
}

Failure failure_of(const Calendar& calendar, std::string_view at) {
  const auto verdict = decide(calendar, {}, instant_of(at));
  REQUIRE_FALSE(verdict);
  return verdict.error();
}

constexpr Policy kNeedsOpen{.require = Require::open};

}  // namespace

TEST_CASE("an open market blocks, and a closed one allows") {
  const Calendar xnys = builtin_of("xnys");
  const Verdict open = judged(xnys, "2026-11-24T18:00:00Z");
  CHECK(shown(open) == "blocked market_open until 2026-11-24T21:00:00Z");
  CHECK(open.market == Market::open);
  CHECK(open.name == "core session");
  CHECK(open.break_glass);
  REQUIRE(open.session);
  CHECK(time::rfc3339(open.session->open) == "2026-11-24T14:30:00Z");

  const Verdict closed = judged(xnys, "2026-11-24T21:00:00Z");
  CHECK(shown(closed) == "allowed outside_hours until 2026-11-25T14:30:00Z");
  CHECK(closed.market == Market::closed);
  REQUIRE(closed.session);
  CHECK(time::rfc3339(closed.session->open) == "2026-11-25T14:30:00Z");
}

TEST_CASE("where an open market is required, the answers change places") {
  const Calendar xnys = builtin_of("xnys");
  CHECK(shown(judged(xnys, "2026-11-24T14:29:59Z", kNeedsOpen)) ==
        "blocked market_closed until 2026-11-24T14:30:00Z");
  CHECK(shown(judged(xnys, "2026-11-24T14:30:00Z", kNeedsOpen)) ==
        "allowed within_hours until 2026-11-24T21:00:00Z");
  CHECK(shown(judged(xnys, "2026-11-24T21:00:00Z", kNeedsOpen)) ==
        "blocked market_closed until 2026-11-25T14:30:00Z");
}

TEST_CASE("a lunch break allows, unless it counts as session") {
  const char* in_the_break = "2026-11-24T03:00:00Z";  // 12:00 in Tokyo
  CHECK(shown(judged(builtin_of("xtks"), in_the_break)) ==
        "allowed outside_hours until 2026-11-24T03:30:00Z");
  const Calendar blocking = builtin_of("xtks", {.lunch_break = LunchBreak::block});
  const Verdict verdict = judged(blocking, in_the_break);
  CHECK(shown(verdict) == "blocked lunch_break until 2026-11-24T06:30:00Z");
  CHECK(verdict.market == Market::closed);
  CHECK(shown(judged(blocking, in_the_break, kNeedsOpen)) ==
        "blocked market_closed until 2026-11-24T03:30:00Z");
}

TEST_CASE("a holiday allows all day, unless its usual hours are blocked") {
  const char* thanksgiving = "2026-11-26T18:00:00Z";
  CHECK(shown(judged(builtin_of("xnys"), thanksgiving)) ==
        "allowed outside_hours until 2026-11-27T14:30:00Z");
  const Verdict blocked =
      judged(builtin_of("xnys", {.on_holiday = OnHoliday::block}), thanksgiving);
  CHECK(shown(blocked) == "blocked holiday until 2026-11-26T21:00:00Z");
  CHECK(blocked.name == "Thanksgiving Day");
  CHECK(blocked.market == Market::closed);
}

TEST_CASE("a freeze blocks while the market is closed") {
  const Calendar calendar =
      frozen("[{ name: audit, from: 2026-11-28T00:00, to: 2026-11-28T12:00 }]");
  const Verdict verdict = judged(calendar, "2026-11-28T10:00:00Z");
  CHECK(shown(verdict) == "blocked frozen until 2026-11-28T17:00:00Z");
  CHECK(verdict.market == Market::frozen);
  CHECK(verdict.name == "audit");
  CHECK(verdict.break_glass);
}

TEST_CASE("a freeze is named before the session that it lies over, and both have to end") {
  const Calendar calendar =
      frozen("[{ name: audit, from: 2026-11-24T11:00, to: 2026-11-24T12:00 }]");
  const Verdict verdict = judged(calendar, "2026-11-24T16:30:00Z");
  CHECK(shown(verdict) == "blocked frozen until 2026-11-24T21:00:00Z");
  CHECK(verdict.name == "audit");
  CHECK(shown(judged(calendar, "2026-11-24T17:00:00Z")) ==
        "blocked market_open until 2026-11-24T21:00:00Z");
}

TEST_CASE("of two freezes the one that nobody may override decides, in whatever order they stand") {
  const char* freezes = GENERATE(
      "[{ name: soft, from: 2026-11-28, to: 2026-11-28 },"
      " { name: hard, from: 2026-11-28, to: 2026-11-28, break_glass: false }]",
      "[{ name: hard, from: 2026-11-28, to: 2026-11-28, break_glass: false },"
      " { name: soft, from: 2026-11-28, to: 2026-11-28 }]");
  const Verdict verdict = judged(frozen(freezes), "2026-11-28T12:00:00Z");
  CHECK(verdict.reason == Reason::frozen);
  CHECK(verdict.name == "hard");
  CHECK_FALSE(verdict.break_glass);
}

TEST_CASE("a freeze blocks a gate that requires an open market, too") {
  const Calendar calendar =
      frozen("[{ name: audit, from: 2026-11-24T11:00, to: 2026-11-24T12:00 }]");
  CHECK(shown(judged(calendar, "2026-11-24T16:30:00Z", kNeedsOpen)) ==
        "blocked frozen until 2026-11-24T17:00:00Z");
  CHECK(shown(judged(calendar, "2026-11-24T15:00:00Z", kNeedsOpen)) ==
        "allowed within_hours until 2026-11-24T16:00:00Z");
}

TEST_CASE("two blocks that touch are one wait") {
  const Calendar calendar =
      frozen("[{ name: audit, from: 2026-11-24T16:00, to: 2026-11-24T18:00 }]");
  CHECK(shown(judged(calendar, "2026-11-24T20:59:59Z")) ==
        "blocked market_open until 2026-11-24T23:00:00Z");
}

TEST_CASE("a closed day by override allows, and says that it is a closure") {
  const Calendar calendar = builtin_of(
      "xnys", {.overrides = yaml_of("[{ date: 2026-11-24, state: closed, note: mourning }]")});
  const Verdict verdict = judged(calendar, "2026-11-24T18:00:00Z");
  CHECK(shown(verdict) == "allowed outside_hours until 2026-11-25T14:30:00Z");
  CHECK(verdict.today.kind == Day::Kind::closure);
}

TEST_CASE("an overnight session of a user's calendar blocks on both of its days") {
  const Calendar night = calendar_of(R"(
version: 1
id: night
time_zone: America/New_York
sessions: [{ at: ["-1d 22:00-02:00"] }]
)");
  CHECK(judged(night, "2026-11-24T02:59:59Z").allowed);  // Monday 21:59:59
  CHECK(shown(judged(night, "2026-11-24T03:00:00Z")) ==
        "blocked market_open until 2026-11-24T07:00:00Z");
  const Verdict after_midnight = judged(night, "2026-11-24T06:59:59Z");
  CHECK_FALSE(after_midnight.allowed);
  REQUIRE(after_midnight.session);
  CHECK(time::rfc3339(after_midnight.session->open) == "2026-11-24T03:00:00Z");
  CHECK(judged(night, "2026-11-24T07:00:00Z").allowed);
}

TEST_CASE("a session that does not block is no open market to those who require one") {
  const Calendar calendar = calendar_of(R"(
version: 1
id: named
time_zone: America/New_York
sessions: [{ name: pre, at: ["08:00-09:30"] }, { at: ["09:30-16:00"] }]
)");
  const char* in_pre = "2026-11-24T14:00:00Z";
  CHECK(judged(calendar, in_pre).allowed);
  CHECK(shown(judged(calendar, in_pre, kNeedsOpen)) ==
        "blocked market_closed until 2026-11-24T14:30:00Z");
}

TEST_CASE("an always closed market never blocks, and an always open one never allows") {
  CHECK(shown(judged(builtin_of("always-closed"), "2026-11-24T18:00:00Z")) ==
        "allowed outside_hours until never");
  CHECK(shown(judged(builtin_of("always-open"), "2026-11-24T18:00:00Z")) ==
        "blocked market_open until never");
  CHECK(shown(judged(builtin_of("always-closed"), "2026-11-24T18:00:00Z", kNeedsOpen)) ==
        "blocked market_closed until never");
  CHECK(shown(judged(builtin_of("always-open"), "2026-11-24T18:00:00Z", kNeedsOpen)) ==
        "allowed within_hours until never");
}

TEST_CASE("past its horizon a calendar answers nothing, and says what to do") {
  const Calendar xnys = builtin_of("xnys");
  CHECK(judged(xnys, "2040-12-31T23:59:59-05:00").allowed);
  const Failure failure = failure_of(xnys, "2041-01-01T00:00:00-05:00");
  CHECK(failure.kind == Failure::Kind::unknown);
  CHECK_THAT(failure.message, ContainsSubstring("2041-01-01") && ContainsSubstring("2040-12-31") &&
                                  ContainsSubstring("valid.until"));
}

TEST_CASE("before its first day a calendar answers nothing") {
  const Calendar xnys = builtin_of("xnys");
  CHECK(judged(xnys, "1990-01-02T00:00:00-05:00").allowed);
  const Failure failure = failure_of(xnys, "1989-12-31T23:59:59-05:00");
  CHECK(failure.kind == Failure::Kind::unknown);
  CHECK_THAT(failure.message, ContainsSubstring("1990-01-01"));
}

TEST_CASE("the day decides in the calendar's zone, not in UTC") {
  const Calendar tokyo = builtin_of("xtks");
  // In Tokyo it is already 2041.
  CHECK(failure_of(tokyo, "2040-12-31T15:00:00Z").kind == Failure::Kind::unknown);
  CHECK(judged(tokyo, "2040-12-31T14:59:59Z").allowed);
}

TEST_CASE("past the published days a calendar goes on by rule, or knows nothing if told so") {
  CHECK_FALSE(judged(builtin_of("xnys"), "2029-06-05T18:00:00Z").today.published);
  const Calendar strict = builtin_of("xnys", {.beyond = Beyond::block});
  CHECK(failure_of(strict, "2029-06-05T18:00:00Z").kind == Failure::Kind::unknown);
}

TEST_CASE("every reason and every state has a name of its own") {
  std::vector<std::string_view> names;
  for (const Reason reason :
       {Reason::outside_hours, Reason::within_hours, Reason::not_gated, Reason::market_open,
        Reason::market_closed, Reason::around_session, Reason::lunch_break, Reason::holiday,
        Reason::frozen, Reason::too_short}) {
    names.push_back(name_of(reason));
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(name_of(Market::open) == "open");
  CHECK(name_of(Market::closed) == "closed");
  CHECK(name_of(Market::frozen) == "frozen");
}
