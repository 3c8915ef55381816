#include <string>
#include <string_view>
#include <vector>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/windows/activity.hpp"
#include "plugins/argocd-sync/windows/go_duration.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/windows_of.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

std::string spans(const Window& window, std::string_view from, std::string_view to) {
  std::vector<std::string> parts;
  for (const time::Span& span : Activity::of(window).value().between(at(from), at(to))) {
    parts.push_back(text::cat(time::rfc3339(span.begin), "/", time::rfc3339(span.end)));
  }
  return text::join(parts, " ");
}

std::string surprise(const Window& window) {
  return Activity::of(window).value().surprise();
}

const Window kSession = deny("30 9 * * 1-5", "6h30m", "America/New_York");

}  // namespace

TEST_CASE("a window is active from its beginning to its end, to the second") {
  const auto activity = Activity::of(kSession).value();
  CHECK_FALSE(activity.at(at("2026-11-30T14:29:59Z")));
  // Argo CD itself leaves out 14:30:00.000, and no more than that.
  CHECK(activity.at(at("2026-11-30T14:30:00Z")));
  CHECK(activity.at(at("2026-11-30T20:59:59Z")));
  CHECK_FALSE(activity.at(at("2026-11-30T21:00:00Z")));
  CHECK_FALSE(activity.at(at("2026-11-29T15:00:00Z")));  // a Sunday
}

TEST_CASE("a window follows the zone's clocks through the year") {
  CHECK(spans(kSession, "2026-10-30T00:00:00Z", "2026-11-03T00:00:00Z") ==
        "2026-10-30T13:30:00Z/2026-10-30T20:00:00Z 2026-11-02T14:30:00Z/2026-11-02T21:00:00Z");
}

TEST_CASE("a span is cut to the range") {
  CHECK(spans(kSession, "2026-11-30T15:00:00Z", "2026-11-30T16:00:00Z") ==
        "2026-11-30T15:00:00Z/2026-11-30T16:00:00Z");
  CHECK(spans(kSession, "2026-11-30T21:00:00Z", "2026-12-01T14:30:00Z").empty());
}

TEST_CASE("a window over midnight, and one longer than its own cycle") {
  CHECK(spans(deny("0 22 * * 5", "10h"), "2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z") ==
        "2026-11-27T22:00:00Z/2026-11-28T08:00:00Z");
  CHECK(spans(deny("0 22 * * *", "25h"), "2026-11-27T00:00:00Z", "2026-11-30T00:00:00Z") ==
        "2026-11-27T00:00:00Z/2026-11-30T00:00:00Z");
  // It began last week.
  CHECK(spans(deny("0 22 * * 5", "120h"), "2026-12-01T00:00:00Z", "2026-12-04T00:00:00Z") ==
        "2026-12-01T00:00:00Z/2026-12-02T22:00:00Z");
  CHECK(spans(deny("*/10 9 * * *", "5m"), "2026-11-27T09:30:00Z", "2026-11-27T12:00:00Z") ==
        "2026-11-27T09:30:00Z/2026-11-27T09:35:00Z 2026-11-27T09:40:00Z/2026-11-27T09:45:00Z "
        "2026-11-27T09:50:00Z/2026-11-27T09:55:00Z");
}

TEST_CASE("when the clocks change, both ends go by the wall clock of their moment") {
  // Spring: there is no 02:30 on 2027-03-14. At 03:00 the clock is past it.
  CHECK(spans(deny("30 2 * * *", "1h", "America/New_York"), "2027-03-14T05:00:00Z",
              "2027-03-14T12:00:00Z") == "2027-03-14T07:00:00Z/2027-03-14T07:30:00Z");
  // Autumn: 01:30 comes twice, and so does the window.
  CHECK(spans(deny("30 1 * * *", "15m", "America/New_York"), "2026-11-01T04:00:00Z",
              "2026-11-01T12:00:00Z") ==
        "2026-11-01T05:30:00Z/2026-11-01T05:45:00Z 2026-11-01T06:30:00Z/2026-11-01T06:45:00Z");
  // 00:00 to 08:00 on the wall clock: seven hours and nine.
  CHECK(spans(deny("0 0 * * *", "8h", "America/New_York"), "2027-03-14T00:00:00Z",
              "2027-03-15T00:00:00Z") == "2027-03-14T05:00:00Z/2027-03-14T12:00:00Z");
  CHECK(spans(deny("0 0 * * *", "8h", "America/New_York"), "2026-11-01T00:00:00Z",
              "2026-11-02T00:00:00Z") == "2026-11-01T04:00:00Z/2026-11-01T13:00:00Z");
}

TEST_CASE("zones that are no whole hours off") {
  CHECK(spans(deny("15 9 * * 1-5", "6h15m", "Asia/Kolkata"), "2026-11-27T00:00:00Z",
              "2026-11-28T00:00:00Z") == "2026-11-27T03:45:00Z/2026-11-27T10:00:00Z");
  CHECK(spans(deny("0 0 * * *", "1h", "Asia/Kathmandu"), "2026-11-27T00:00:00Z",
              "2026-11-28T00:00:00Z") == "2026-11-27T18:15:00Z/2026-11-27T19:15:00Z");
  // Half an hour forward on 2026-10-04 at 02:00.
  CHECK(spans(deny("0 1 * * *", "3h", "Australia/Lord_Howe"), "2026-10-03T12:00:00Z",
              "2026-10-04T00:00:00Z") == "2026-10-03T14:30:00Z/2026-10-03T17:00:00Z");
}

TEST_CASE("an empty, an unknown and an untold zone are UTC, and the last two are told") {
  const auto utc = spans(deny("0 9 * * *", "1h"), "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z");
  CHECK(utc == "2026-11-27T09:00:00Z/2026-11-27T10:00:00Z");
  CHECK(surprise(deny("0 9 * * *", "1h")).empty());
  CHECK(surprise(kSession).empty());

  const auto unknown = deny("0 9 * * *", "1h", "America/New_Yrok");
  CHECK(spans(unknown, "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z") == utc);
  CHECK_THAT(surprise(unknown), ContainsSubstring("did you mean America/New_York"));
  CHECK_THAT(surprise(deny("0 9 * * *", "1h", "america/new_york")), ContainsSubstring("UTC"));
}

TEST_CASE("a window that never begins is always active, as Argo CD has it") {
  const auto never = deny("0 0 30 2 *", "1h");
  CHECK(spans(never, "2026-11-27T00:00:00Z", "2029-11-28T00:00:00Z") ==
        "2026-11-27T00:00:00Z/2029-11-28T00:00:00Z");
  CHECK(Activity::of(never).value().never_begins(at("2026-11-27T00:00:00Z")));
  CHECK_FALSE(Activity::of(kSession).value().never_begins(at("2026-11-27T00:00:00Z")));
  // Until it looks far enough ahead: from 2099 on it sees the leap year 2104.
  CHECK(spans(deny("0 0 29 2 *", "1h"), "2098-01-01T00:00:00Z", "2100-01-01T00:00:00Z") ==
        "2098-01-01T00:00:00Z/2099-01-01T00:59:59Z");
}

TEST_CASE("a window without a length is never active") {
  CHECK(spans(deny("* * * * *", "0"), "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z").empty());
  CHECK(spans(deny("* * * * *", "-5m"), "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z").empty());
}

TEST_CASE("a part of a second blocks") {
  CHECK(spans(deny("0 9 * * *", "1500ms"), "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z") ==
        "2026-11-27T09:00:00Z/2026-11-27T09:00:02Z");
  CHECK(spans(allow("0 9 * * *", "1500ms"), "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z") ==
        "2026-11-27T09:00:00Z/2026-11-27T09:00:01Z");
}

TEST_CASE("a malformed schedule or duration is no window") {
  CHECK_FALSE(Activity::of(deny("0 9 * *", "1h")));
  CHECK_FALSE(Activity::of(deny("0 9 * * *", "1d")));
}

TEST_CASE("the spans are what Argo CD's formula says at each minute of a year") {
  const Window windows[] = {
      kSession,
      deny("30 1,2 * * *", "45m", "America/New_York"),
      deny("15 */5 * * *", "3h", "Australia/Lord_Howe"),
      allow("0 22 1,15 * 5", "30h", "Europe/London"),
      deny("7 3 */2 2-11 *", "20h10m", "Asia/Kathmandu"),
      deny("*/7 9-17 * * 1-5", "6m", "Africa/Casablanca"),
  };
  for (const Window& window : windows) {
    INFO(describe(window));
    const auto cron = Cron::parse(window.schedule).value();
    const auto length =
        std::chrono::floor<time::seconds>(parse_go_duration(window.duration).value());
    const auto* zone = time::Zone::find(window.time_zone).value();
    const auto from = at("2026-01-01T00:00:00Z");
    const auto to = at("2027-01-01T00:00:00Z");
    const auto active = Activity::of(window).value().between(from, to);
    auto span = active.begin();
    for (auto now = from; now < to; now += std::chrono::minutes{1}) {
      const time::Local wall = zone->to_local(now);
      const bool expected = *cron.next(wall - length) <= wall;
      while (span != active.end() && span->end <= now) ++span;
      const bool told = span != active.end() && span->begin <= now;
      if (told != expected) FAIL(time::rfc3339(now));
    }
  }
}
