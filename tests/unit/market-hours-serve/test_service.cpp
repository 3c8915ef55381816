// What everybody may read: status, calendar, probes, metrics.
#include "tests/unit/market-hours-serve/gate_asked.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

TEST_CASE("the status says why, until when, and is 200 for a no as well") {
  GateAsked gate(kOpen);
  const auto status = gate.status("live");
  CHECK(status.text("state") == "open");
  CHECK(*status.find("allowed")->boolean() == false);
  CHECK(status.text("closes_at") == kAfterClose);
  CHECK_THAT(std::string(status.text("message")), ContainsSubstring("closes 16:00 EST"));
  CHECK(status.find("stages") == nullptr);
  gate.at(kAfterClose);
  CHECK(gate.status("live").text("state") == "closed");
}

TEST_CASE("a frozen stage says so by name") {
  GateAsked gate(
      kAfterClose,
      "[{ name: live, freezes: [{ name: year end, from: 2026-11-24, to: 2026-11-30 }] }]");
  const auto status = gate.status("live");
  CHECK(status.text("state") == "frozen");
  CHECK(status.text("reason") == "frozen");
  CHECK(status.text("name") == "year end");
}

TEST_CASE("without a stage the status tells of all, and of the first at its top") {
  GateAsked gate(kOpen, "[{ name: live }, { name: paper, require: open }]");
  const auto status = gate.status();
  CHECK(status.text("stage") == "live");
  const auto& all = *status.find("stages")->array();
  REQUIRE(all.size() == 2);
  CHECK(all[1].text("stage") == "paper");
  CHECK(*all[0].find("allowed")->boolean() == false);
  CHECK(*all[1].find("allowed")->boolean() == true);
}

TEST_CASE("the status of an unknown stage is 200, unknown, and not allowed") {
  GateAsked gate(kAfterClose);
  const auto status = gate.status("prod");
  CHECK(status.text("state") == "unknown");
  CHECK(status.text("reason") == "unknown_stage");
  CHECK(*status.find("allowed")->boolean() == false);
  CHECK_THAT(std::string(status.text("message")), ContainsSubstring("paper, live"));
  CHECK(status.find("closes_at")->is_null());
  CHECK(status.find("links")->array()->empty());
}

TEST_CASE("the status past the calendar's end is 200, unknown, and not allowed") {
  GateAsked gate("2041-06-01T12:00:00Z");
  const auto status = gate.status("live");
  CHECK(status.text("state") == "unknown");
  CHECK(*status.find("allowed")->boolean() == false);
  CHECK_FALSE(status.text("message").empty());
}

TEST_CASE("links lead to the stage's card, and only where the page has an address") {
  ServeOptions options;
  options.public_url = "https://gate.example.com/";
  GateAsked gate(kOpen, "[{ name: eu live }]", options);
  const auto status = gate.status("eu live");
  const auto& links = *status.find("links")->array();
  REQUIRE(links.size() == 1);
  CHECK(links[0].text("url") == "https://gate.example.com/#stage-eu%20live");
  CHECK(links[0].text("label") == "market-hours gate");
  CHECK_FALSE(links[0].text("tooltip").empty());
  CHECK_THAT(gate.get("/").body, ContainsSubstring("id=\"stage-eu%20live\""));
}

TEST_CASE("a simulated clock is told in every answer") {
  ServeOptions options;
  options.simulated = true;
  GateAsked gate(kOpen, "[{ name: live }]", options);
  CHECK(*gate.status().find("simulated")->boolean());
  CHECK(*gate.check(question("p1")).find("simulated")->boolean());
}

TEST_CASE("the process is healthy when it serves, and ready when every stage can be judged") {
  GateAsked gate(kOpen);
  CHECK(gate.get("/healthz").body == "ok\n");
  CHECK(gate.get("/readyz").status == 200);
  gate.at("2041-06-01T12:00:00Z");
  CHECK(gate.get("/healthz").status == 200);
  const auto ready = gate.get("/readyz");
  CHECK(ready.status == 503);
  CHECK_THAT(ready.body, ContainsSubstring("stage live: "));
}

TEST_CASE("the metrics tell what each stage is") {
  GateAsked gate(kOpen, "[{ name: live }, { name: paper, require: open }]");
  const std::string open = gate.metrics();
  for (const auto* line :
       {R"(stagegate_gate_judged{stage="live"} 1)", R"(stagegate_gate_allowed{stage="live"} 0)",
        R"(stagegate_gate_allowed{stage="paper"} 1)",
        R"(stagegate_gate_market_open{stage="live"} 1)",
        R"(stagegate_gate_seconds_until_change{stage="live"} 10800)",
        R"(stagegate_gate_calendar_horizon_timestamp_seconds{stage="live"} )",
        R"(stagegate_gate_calendar_official_through_timestamp_seconds{stage="live"} )",
        "stagegate_gate_build_info{version="}) {
    CHECK_THAT(open, ContainsSubstring(line));
  }
  gate.at("2041-06-01T12:00:00Z");
  const std::string past = gate.metrics();
  CHECK_THAT(past, ContainsSubstring(R"(stagegate_gate_judged{stage="live"} 0)"));
  CHECK_THAT(past, ContainsSubstring(R"(stagegate_gate_allowed{stage="paper"} 0)"));
  CHECK_THAT(past, ContainsSubstring(R"(stagegate_gate_seconds_until_change{stage="live"} NaN)"));
}

TEST_CASE("the calendar of a stage can be subscribed to") {
  GateAsked gate(kOpen);
  const auto response = gate.get("/v1/calendar.ics", {{"stage", "live"}});
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/calendar; charset=utf-8");
  CHECK(response.body.starts_with("BEGIN:VCALENDAR\r\n"));
  CHECK_THAT(response.body, ContainsSubstring("Thanksgiving"));
  CHECK_THAT(response.body, ContainsSubstring("20271101"));
  CHECK(response.body.find("20271201") == std::string::npos);
  CHECK(gate.get("/v1/calendar.ics", {{"stage", "prod"}}).status == 404);
}

TEST_CASE("the calendar ends where it is known to end") {
  GateAsked gate("2040-11-01T12:00:00Z");
  CHECK(gate.get("/v1/calendar.ics").status == 200);
  gate.at("2041-06-01T12:00:00Z");
  CHECK(gate.get("/v1/calendar.ics").status == 503);
}

TEST_CASE("no answer may be kept by anybody on the way") {
  GateAsked gate(kOpen);
  for (const auto* path : {"/", "/v1/status", "/metrics"}) {
    const auto response = gate.get(path);
    const http::Field no_store{"Cache-Control", "no-store"};
    CHECK(std::count(response.headers.begin(), response.headers.end(), no_store) == 1);
  }
}
