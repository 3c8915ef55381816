#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/argocd-sync/windows/activity.hpp"
#include "plugins/argocd-sync/windows/verdict.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/windows_of.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

using Windows = std::vector<Window>;

constexpr std::string_view kNow = "2026-11-30T15:00:00Z";  // Monday, 10:00 in New York
const Window kSession = deny("30 9 * * 1-5", "6h30m", "America/New_York");
// Whether it is active at kNow, and whether it lets through what is asked for by hand.
Window deny_of(bool active, bool manual) {
  return deny(active ? "0 14 * * *" : "0 16 * * *", "2h", "", manual);
}
Window allow_of(bool active, bool manual) {
  return allow(active ? "0 14 * * *" : "0 16 * * *", "2h", "", manual);
}

WindowVerdict judged(const Windows& windows, std::string_view now,
                     Trigger trigger = Trigger::manual) {
  return judge_windows(windows, at(now), trigger).value();
}

bool allowed(const Windows& windows, Trigger trigger = Trigger::manual) {
  return judged(windows, kNow, trigger).allowed;
}

std::string change(const Windows& windows, std::string_view now,
                   Trigger trigger = Trigger::manual) {
  const auto change = judged(windows, now, trigger).next_change;
  return change ? time::rfc3339(*change) : "none";
}

}  // namespace

TEST_CASE("without windows every sync is let through") {
  CHECK(allowed({}));
  CHECK(allowed({}, Trigger::automatic));
  CHECK(judged({}, kNow).words == "no sync window holds for it");
  CHECK(change({}, kNow) == "none");
}

TEST_CASE("an active deny window blocks, whatever else is active") {
  CHECK_FALSE(allowed({deny_of(true, false)}));
  CHECK_FALSE(allowed({deny_of(true, false), allow_of(true, true)}));
  CHECK_FALSE(allowed({deny_of(true, true), allow_of(true, true)}, Trigger::automatic));
  CHECK(allowed({deny_of(false, false)}));
  CHECK(allowed({deny_of(false, false)}, Trigger::automatic));
}

TEST_CASE("a sync by hand gets through when all active deny windows have manualSync") {
  CHECK(allowed({deny_of(true, true)}));
  CHECK(allowed({deny_of(true, true), deny_of(true, true)}));
  CHECK_FALSE(allowed({deny_of(true, true), deny_of(true, false)}));
  CHECK_FALSE(allowed({deny_of(true, false), deny_of(true, true)}));
  CHECK(allowed({deny_of(true, true), deny_of(false, false)}));
  CHECK_FALSE(allowed({deny_of(true, true)}, Trigger::automatic));
  // Not even an allow window that is shut for it has a say then.
  CHECK(allowed({deny_of(true, true), allow_of(false, false)}));
}

TEST_CASE("allow windows that are all inactive block") {
  CHECK(allowed({allow_of(true, false)}));
  CHECK(allowed({allow_of(true, false), allow_of(false, false)}, Trigger::automatic));
  CHECK_FALSE(allowed({allow_of(false, false)}));
  CHECK(allowed({allow_of(false, true)}));
  CHECK_FALSE(allowed({allow_of(false, true)}, Trigger::automatic));
  CHECK_FALSE(allowed({allow_of(false, true), allow_of(false, false)}));
}

TEST_CASE("it is said which window blocks, and until when, in its own zone") {
  const auto verdict = judged({kSession}, kNow);
  CHECK(
      verdict.words ==
      R"(deny window "30 9 * * 1-5" for 6h30m (America/New_York) until Mon 2026-11-30 16:00 EST)");
  CHECK(verdict.next_change == at("2026-11-30T21:00:00Z"));
  CHECK(verdict.active == Windows{kSession});
  const auto json = to_json(verdict);
  CHECK(json.find("allowed")->boolean() != nullptr);
  CHECK_FALSE(*json.find("allowed")->boolean());
  CHECK(json.text("words") == verdict.words);
  CHECK(json.text("next_change") == "2026-11-30T21:00:00Z");
  CHECK(*json.find("active")->array() == text::Json::Array{text::Json(describe(kSession))});

  CHECK(judged({allow("0 18 * * *", "1h")}, kNow).words ==
        R"(outside of allow window "0 18 * * *" for 1h (UTC) until Mon 2026-11-30 18:00 UTC)");
  CHECK(judged({allow("0 15 * * *", "1h")}, kNow).words ==
        R"(within allow window "0 15 * * *" for 1h (UTC) until Mon 2026-11-30 16:00 UTC)");
  CHECK(judged({deny("0 0 * * *", "24h")}, kNow).words ==
        R"(deny window "0 0 * * *" for 24h (UTC) for the next 8 days at least)");
  CHECK_THAT(judged({deny_of(true, true)}, kNow).words, ContainsSubstring("but manualSync lets"));
  CHECK(judged({deny_of(false, false)}, kNow).words == "no deny window is active");
}

TEST_CASE("only what blocks is blamed") {
  const auto verdict = judged({deny_of(true, true), kSession}, kNow);
  CHECK_THAT(verdict.words, ContainsSubstring("30 9 * * 1-5"));
  CHECK_THAT(verdict.words, !ContainsSubstring("0 14"));
  CHECK(verdict.active.size() == 2);
}

TEST_CASE("the verdict changes at its edges, to the second") {
  CHECK(judged({kSession}, "2026-11-30T14:29:59Z").allowed);
  CHECK_FALSE(judged({kSession}, "2026-11-30T14:30:00Z").allowed);
  CHECK_FALSE(judged({kSession}, "2026-11-30T20:59:59Z").allowed);
  CHECK(judged({kSession}, "2026-11-30T21:00:00Z").allowed);
  CHECK(change({kSession}, "2026-11-30T14:29:59Z") == "2026-11-30T14:30:00Z");
  CHECK(change({kSession}, "2026-11-30T21:00:00Z") == "2026-12-01T14:30:00Z");
  CHECK(change({kSession}, "2026-11-27T21:00:00Z") == "2026-11-30T14:30:00Z");
}

TEST_CASE("an edge at which the verdict stays is no change") {
  // One deny window takes over from the other.
  const Windows two{deny("0 14 * * *", "2h"), deny("0 16 * * *", "1h")};
  CHECK(change(two, kNow) == "2026-11-30T17:00:00Z");
  const Windows overlapping{deny("0 14 * * *", "3h"), allow("0 15 * * *", "4h")};
  CHECK(change(overlapping, kNow) == "2026-11-30T17:00:00Z");
  CHECK(change(overlapping, "2026-11-30T17:00:00Z") == "2026-11-30T19:00:00Z");
  // By hand nothing ever changes.
  CHECK(change({deny_of(true, true)}, kNow) == "none");
  CHECK(change({deny_of(true, true)}, kNow, Trigger::automatic) == "2026-11-30T16:00:00Z");
}

TEST_CASE("a malformed window blocks, and an ignored or misread one is told") {
  const auto failed = judge_windows({kSession, deny("0 9 * * 7", "1h")}, at(kNow));
  REQUIRE_FALSE(failed);
  CHECK_THAT(failed.error().message, ContainsSubstring("Argo CD refuses every sync"));
  CHECK_THAT(failed.error().message, ContainsSubstring("day of the week"));

  const auto wrong_zone = judged({deny("30 9 * * 1-5", "6h30m", "New_York")}, kNow);
  REQUIRE(wrong_zone.warnings.size() == 1);
  CHECK_THAT(wrong_zone.warnings[0], ContainsSubstring("counts in UTC"));

  auto other = deny_of(true, false);
  other.kind = Window::Kind::other;
  const auto ignored = judged({other}, kNow);
  CHECK(ignored.allowed);
  REQUIRE(ignored.warnings.size() == 1);
  CHECK_THAT(ignored.warnings[0], ContainsSubstring("ignores it"));

  const auto never = judged({deny("0 0 30 2 *", "1h")}, kNow);
  CHECK_FALSE(never.allowed);
  REQUIRE(never.warnings.size() == 1);
  CHECK_THAT(never.warnings[0], ContainsSubstring("never begins"));
}

TEST_CASE("far too many windows block") {
  const auto failed = judge_windows(Windows(30, deny("* * * * *", "1s")), at(kNow));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == Failure::Kind::unknown);
  CHECK_FALSE(let_through(Windows(30, deny("* * * * *", "1s")), Trigger::manual, at(kNow),
                          at(kNow) + date::days{90}));
}

TEST_CASE("a window that begins before a sync is over is told beforehand") {
  using std::chrono::minutes;
  const auto told = [](const Windows& windows, std::string_view now, int expected) {
    return blocked_meanwhile(windows, at(now), minutes{expected}).value();
  };
  CHECK(
      told({kSession}, "2026-11-30T14:18:00Z", 20) ==
      R"(in 12 min, at Mon 2026-11-30 09:30 EST, deny window "30 9 * * 1-5" for 6h30m (America/New_York) begins: a sync that is not over by then stands still until it is allowed again)");
  CHECK(told({kSession}, "2026-11-30T14:18:00Z", 12).empty());
  CHECK(told({kSession}, kNow, 12000).empty());  // it is blocked already
  CHECK(told({deny("30 9 * * 1-5", "6h30m", "America/New_York", true)}, "2026-11-30T14:18:00Z", 20)
            .empty());
  CHECK_THAT(told({allow("0 15 * * *", "1h")}, kNow, 61), ContainsSubstring("(UTC) ends"));

  auto overrun = kSession;
  overrun.sync_overrun = true;
  CHECK_THAT(told({overrun}, "2026-11-30T14:18:00Z", 20), ContainsSubstring("may go on"));
  CHECK_THAT(told({overrun, kSession}, "2026-11-30T14:18:00Z", 20),
             ContainsSubstring("stands still"));
  CHECK_FALSE(blocked_meanwhile({deny("x", "1h")}, at(kNow), minutes{1}));
}

TEST_CASE("going from change to change tells the same as asking at each minute of a year") {
  const Windows windows{
      kSession,
      deny("0 22 * * 5", "50h", "Europe/London", true),
      deny("30 1,2 * * *", "45m", "America/New_York"),
      allow("*/20 0-11 * * *", "15m", "Asia/Kolkata", true),
      allow("0 3 * * *", "20h", "Australia/Lord_Howe"),
  };
  const auto from = at("2026-01-01T00:00:00Z");
  const auto to = at("2027-01-01T00:00:00Z");
  std::vector<Activity> activities;
  for (const Window& window : windows) activities.push_back(Activity::of(window).value());
  // The rule once more, in other words.
  const auto expected = [&](time::Instant now, Trigger trigger) {
    bool deny = false;
    bool allow = false;
    bool manual_denies = true;
    bool manual_allows = true;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const bool active = activities[i].at(now);
      const bool denies = windows[i].kind == Window::Kind::deny;
      deny = deny || (denies && active);
      allow = allow || (!denies && active);
      if (denies && active) manual_denies = manual_denies && windows[i].manual_sync;
      if (!denies && !active) manual_allows = manual_allows && windows[i].manual_sync;
    }
    const bool manual = trigger == Trigger::manual;
    return deny ? manual && manual_denies : allow || (manual && manual_allows);
  };
  for (const auto trigger : {Trigger::manual, Trigger::automatic}) {
    auto verdict = judge_windows(windows, from, trigger).value();
    for (auto now = from; now < to; now += std::chrono::minutes{1}) {
      if (verdict.next_change && now >= *verdict.next_change) {
        REQUIRE(now == *verdict.next_change);  // all edges are on whole minutes
        verdict = judge_windows(windows, now, trigger).value();
      }
      if (verdict.allowed != expected(now, trigger)) FAIL(time::rfc3339(now));
    }
    const auto spans = let_through(windows, trigger, from, to).value();
    std::mt19937 random{7};
    for (int i = 0; i < 2000; ++i) {
      const auto now = from + time::seconds{random() % (365 * 86'400)};
      REQUIRE(time::holding(spans, now).has_value() == expected(now, trigger));
    }
  }
}
