#include <string>
#include <string_view>
#include <vector>

#include "common/text/yaml.hpp"
#include "plugins/argocd-sync/windows/fitting.hpp"
#include "plugins/argocd-sync/windows/lint.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/windows_of.hpp"
#include "tests/unit/calendar/calendar_of.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

constexpr std::string_view kNow = "2026-11-29T14:00:00Z";

std::vector<Window> fitting(const market_hours::Calendar& by, std::string_view now = kNow) {
  return fitting_windows(by, {"stonks-live"}, at(now)).value();
}

}  // namespace

TEST_CASE("the windows that fit a calendar are its regular hours") {
  const auto windows = fitting(market_hours::builtin_of("xnys"));
  REQUIRE(windows.size() == 1);
  CHECK(to_yaml(windows) ==
        R"(syncWindows:
  - kind: deny
    schedule: "30 9 * * 1-5"
    duration: 6h30m
    timeZone: America/New_York
    applications:
      - "stonks-live"
    manualSync: true
    description: "hours of xnys"
)");
  CHECK(text::parse_yaml(to_yaml(windows)).has_value());
  CHECK(to_yaml({}) == "syncWindows: []\n");
  // In the week of Thanksgiving, too, when Thursday and Friday are not as usual.
  CHECK(fitting(market_hours::builtin_of("xnys"), "2026-11-23T14:00:00Z") == windows);
}

TEST_CASE("a lunch break makes two, a pad makes them longer") {
  const auto tokyo = fitting(market_hours::builtin_of("xtks"));
  REQUIRE(tokyo.size() == 2);
  CHECK(describe(tokyo[0]) == R"(deny window "0 9 * * 1-5" for 2h30m (Asia/Tokyo))");
  CHECK(describe(tokyo[1]) == R"(deny window "30 12 * * 1-5" for 3h (Asia/Tokyo))");

  market_hours::Adjustments adjustments;
  adjustments.pad_before = std::chrono::minutes{15};
  adjustments.pad_after = std::chrono::minutes{10};
  adjustments.lunch_break = market_hours::LunchBreak::block;
  const auto padded = fitting(market_hours::builtin_of("xtks", adjustments));
  REQUIRE(padded.size() == 1);
  CHECK(describe(padded[0]) == R"(deny window "45 8 * * 1-5" for 6h55m (Asia/Tokyo))");
}

TEST_CASE("the windows that fit leave nothing open in a year") {
  for (const auto& builtin : market_hours::builtin_calendars()) {
    INFO(builtin.id);
    const auto by = market_hours::builtin_of(builtin.id);
    const auto report =
        lint_windows(fitting(by), {{"stonks-live", "", "", ""}}, by, at(kNow), date::days{365});
    CHECK_FALSE(report.value().fails());
  }
}

TEST_CASE("a market that is never open, always open, or not known") {
  CHECK(fitting(market_hours::builtin_of("always-closed")).empty());
  const auto always = fitting(market_hours::builtin_of("always-open"));
  REQUIRE(always.size() == 1);
  CHECK(describe(always[0]) == R"(deny window "0 0 * * *" for 24h (Etc/UTC))");
  CHECK_FALSE(fitting_windows(market_hours::builtin_of("xnys"), {}, at("2041-02-01T00:00:00Z")));
}
