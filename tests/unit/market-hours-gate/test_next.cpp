// The times in which promotions are allowed, as `next` and `explain` list them.
#include "plugins/market-hours-check/verbs/verbs.hpp"
#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

constexpr const char* kTuesday = "2026-11-24T12:00:00-05:00";

Options asking(const std::string& calendar, std::int64_t count) {
  Options options;
  options.calendar = calendar;
  options.at = kTuesday;
  options.count = count;
  return options;
}

step::Outcome listed(const Options& options) {
  time::ManualClock clock(instant_of("2026-11-24T00:00:00Z"));
  return next(options, {"next", "text", clock, -1, false});
}

const text::Json::Array& windows_in(const step::Outcome& outcome) {
  return *outcome.json.find("windows")->array();
}

}  // namespace

TEST_CASE("as many windows are listed as were asked for") {
  for (const std::int64_t count : {1, 5, 200}) {
    CHECK(windows_in(listed(asking("xnys", count))).size() == static_cast<std::size_t>(count));
  }
}

TEST_CASE("windows are looked for a year ahead") {
  const auto outcome = listed(asking("us-equity-hours", 1000));
  const auto& windows = windows_in(outcome);
  REQUIRE(windows.size() > 250);
  CHECK(windows.back().text("from") == "2027-11-26T21:00:00Z");
}

TEST_CASE("a window whose end is not in sight is said to have none") {
  for (const auto& outcome : {listed(asking("always-closed", 5)), [] {
                                auto options = asking("xnys", 5);
                                options.stage = "beta";
                                options.gated_stages = {"live"};
                                return listed(options);
                              }()}) {
    REQUIRE(windows_in(outcome).size() == 1);
    CHECK(windows_in(outcome).front().text("from") == "2026-11-24T17:00:00Z");
    CHECK(windows_in(outcome).front().find("to")->is_null());
    CHECK(windows_in(outcome).front().find("seconds")->is_null());
    CHECK_THAT(outcome.text, ContainsSubstring("on, as far as the calendar reaches"));
    CHECK(outcome.exit == step::Exit::done);
  }
}

TEST_CASE("where no window is in sight the answer is no") {
  const auto outcome = listed(asking("always-open", 5));
  CHECK(outcome.exit == step::Exit::no);
  CHECK(windows_in(outcome).empty());
}
