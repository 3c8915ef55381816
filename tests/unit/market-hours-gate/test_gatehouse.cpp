// The clock and the instant that a gate is asked about.
#include "stagegate/version.hpp"

#include "common/settings/read.hpp"
#include "plugins/market-hours-check/verbs/gatehouse.hpp"
#include "plugins/market-hours-check/verbs/verbs.hpp"
#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using std::chrono::seconds;

namespace {

Options asking(const std::string& at = "") {
  Options options;
  options.calendar = "xnys";
  options.at = at;
  return options;
}

const time::Zone& new_york() {
  return **time::Zone::find("America/New_York");
}

time::Instant at(const char* text) {
  const auto parsed = parse_at(text, new_york());
  REQUIRE(parsed);
  REQUIRE(*parsed);
  return **parsed;
}

}  // namespace

TEST_CASE("a clock that shows a time before the build is not believed") {
  const time::Instant built{seconds{kBuildTime}};
  time::ManualClock clock(built - seconds{1});
  const step::Run run{"check", "text", clock, -1, false};
  const auto outcome = check(asking(), run);
  CHECK(outcome.exit == step::Exit::unknown);
  CHECK(outcome.failed);
  CHECK_THAT(outcome.text, ContainsSubstring("but this program was built on") &&
                               ContainsSubstring("set the clock of this machine"));
  time::ManualClock honest(built);
  CHECK(Gatehouse::open(asking(), honest));
}

TEST_CASE("a simulated instant needs no honest clock, and is called simulated") {
  time::ManualClock clock(time::Instant{});
  const auto house = Gatehouse::open(asking("2026-11-24T12:00"), clock);
  REQUIRE(house);
  CHECK(house->simulated());
  const step::Run run{"check", "text", clock, -1, false};
  const auto outcome = check(asking("2026-11-24T12:00"), run);
  CHECK(outcome.exit == step::Exit::no);
  CHECK(*outcome.json.find("simulated")->boolean());
}

TEST_CASE("a simulated clock runs on from its instant") {
  time::ManualClock clock(instant_of("2028-01-04T00:00:00Z"));
  auto house = Gatehouse::open(asking("2026-11-24T15:59:59"), clock);
  REQUIRE(house);
  CHECK(house->clock().now() == instant_of("2026-11-24T20:59:59Z"));
  clock.advance(seconds{1});
  CHECK(house->clock().now() == instant_of("2026-11-24T21:00:00Z"));
}

TEST_CASE("an instant is RFC 3339, or a local time of the calendar's zone") {
  CHECK(at("2026-11-27T13:00:00-05:00") == instant_of("2026-11-27T18:00:00Z"));
  CHECK(at("2026-11-27T18:00:00Z") == instant_of("2026-11-27T18:00:00Z"));
  CHECK(at("2026-11-27T13:00") == instant_of("2026-11-27T18:00:00Z"));
  CHECK(at("2026-07-01 13:00:30") == instant_of("2026-07-01T17:00:30Z"));
  CHECK_FALSE(*parse_at("", new_york()));
}

TEST_CASE("a local time that clocks skip or repeat is read as the first instant that fits") {
  CHECK(at("2026-03-08T02:30") == instant_of("2026-03-08T07:00:00Z"));
  CHECK(at("2026-11-01T01:30") == instant_of("2026-11-01T05:30:00Z"));
}

TEST_CASE("what is no time is refused with two that are") {
  const auto parsed = parse_at("noon", new_york());
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind == Failure::Kind::usage);
  CHECK_THAT(parsed.error().message, ContainsSubstring("\"noon\"") &&
                                         ContainsSubstring("2026-11-27T13:00:00-05:00") &&
                                         ContainsSubstring("America/New_York"));
}

TEST_CASE("check answers with exit 0 or 1, and never both ways") {
  const char* instant = GENERATE("2026-11-24T09:29:59", "2026-11-24T09:30", "2026-11-24T15:59:59",
                                 "2026-11-24T16:00", "2026-11-26T12:00");
  time::ManualClock clock(instant_of("2028-01-04T00:00:00Z"));
  const step::Run run{"check", "text", clock, -1, false};
  const auto outcome = check(asking(instant), run);
  const bool allowed = *outcome.json.find("allowed")->boolean();
  CHECK(outcome.exit == (allowed ? step::Exit::done : step::Exit::no));
  CHECK(outcome.text.starts_with(allowed ? "allowed: " : "blocked: "));
  CHECK_FALSE(outcome.failed);
}

TEST_CASE("freezes and overrides with bare dates hold on those dates, by way of Woodpecker too") {
  Options options;
  settings::Table table("market-hours-check", "");
  declare_options(table, options);
  const auto invocation = settings::read(
      table, {{},
              {{"PLUGIN_CALENDAR", "xnys"},
               {"PLUGIN_FREEZES", R"([{"from":"2027-01-25T00:00:00Z","name":"earnings week",)"
                                  R"("to":"2027-01-29T00:00:00Z"}])"},
               {"PLUGIN_OVERRIDES", R"([{"date":"2027-03-12T00:00:00Z","state":"closed"}])"}}});
  REQUIRE(invocation);
  const Gate gate = gate_of(gate_settings(options));
  CHECK(shown(judged(gate, "2027-01-25T05:00:00Z")) == "blocked frozen until 2027-01-30T05:00:00Z");
  CHECK(judged(gate, "2027-03-12T15:00:00Z").allowed);
}

TEST_CASE("a stage is gated however its name is written") {
  const std::string stage = GENERATE("live", "Live", "LIVE", " live", "live\n", "");
  CAPTURE(stage);
  const Gate gate = gate_of(
      {.calendar = "xnys", .adjustments = {}, .policy = {}, .gated_stages = {"paper", "Live "}});
  CHECK_FALSE(judged(gate, "2026-11-24T17:00:00Z", stage).allowed);
  CHECK(judged(gate, "2026-11-24T17:00:00Z", "beta").allowed);
}
