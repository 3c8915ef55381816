// The page for people. How it looks in a real browser is tests/e2e/page_test.py's.
#include "plugins/market-hours-check/serve/board.hpp"
#include "plugins/market-hours-check/serve/page.hpp"
#include "plugins/market-hours-check/serve/timeline.hpp"
#include "tests/unit/market-hours-serve/gate_asked.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

Stage stage_of(const std::string& yaml, const std::string& calendar = "xnys") {
  const auto node = yaml_of(yaml);
  auto stages = read_stages(&node, settings_of(calendar));
  REQUIRE(stages);
  return stages->front();
}

std::string blocked_on(const BoardStage& shown, std::size_t day) {
  return blocked_label(shown.days.at(day), shown.stage->gate.calendar().zone());
}

}  // namespace

TEST_CASE("the page says in words what each stage is, and why") {
  GateAsked gate(kOpen, "[{ name: live }, { name: paper, require: open }]");
  const std::string page = gate.get("/").body;
  for (const auto* part :
       {"<title>1 of 2 stages blocked", "Promotions blocked", "Promotions allowed",
        "Market open (xnys), closes 16:00 EST", "data-left=\"10800\"", ">3 h<",
        "Tue 2026-11-24 16:00 EST", "Thanksgiving Day"}) {
    CHECK_THAT(page, ContainsSubstring(part));
  }
}

TEST_CASE("names of stages and freezes are shown and never read as HTML") {
  GateAsked gate(kAfterClose,
                 R"([{ name: "<b>\"x\"&'y'</b>", freezes: [{ name: "<script>alert(1)</script>",
                     from: 2026-11-24, to: 2026-11-25 }] }])");
  const std::string page = gate.get("/").body;
  CHECK(page.find("<b>") == std::string::npos);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("&lt;b&gt;&quot;x&quot;&amp;&#39;y&#39;&lt;/b&gt;"));
  CHECK_THAT(page, ContainsSubstring("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

TEST_CASE("only the page's own style and script may run, by a word that is new each time") {
  GateAsked gate(kOpen);
  const auto policy_of = [](const http::ServerResponse& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "Content-Security-Policy") return value;
    }
    return std::string();
  };
  const auto first = gate.get("/");
  const auto second = gate.get("/");
  const std::string policy = policy_of(first);
  CHECK_THAT(policy, ContainsSubstring("default-src 'none'"));
  CHECK_THAT(policy,
             ContainsSubstring("connect-src 'self'"));  // the script asks for the next state
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(policy != policy_of(second));
  const auto from = policy.find("'nonce-") + 7;
  const std::string nonce = policy.substr(from, policy.find('\'', from) - from);
  CHECK(nonce.size() == 32);
  CHECK_THAT(first.body, ContainsSubstring("<script nonce=\"" + nonce + "\">"));
  CHECK_THAT(first.body, ContainsSubstring("<style nonce=\"" + nonce + "\">"));
  CHECK(second.body.find(nonce) == std::string::npos);
  // Attributes would be refused by the policy.
  CHECK(first.body.find(" style=") == std::string::npos);
}

TEST_CASE("the page warns of a simulated clock and of nothing otherwise") {
  ServeOptions options;
  CHECK(GateAsked(kOpen).get("/").body.find("Simulated clock") == std::string::npos);
  options.simulated = true;
  GateAsked gate(kOpen, "[{ name: live }]", options);
  CHECK_THAT(gate.get("/").body, ContainsSubstring("Simulated clock"));
}

TEST_CASE("a stage that cannot be judged is shown blocked, and the page still comes") {
  GateAsked gate("2041-06-01T12:00:00Z");
  const auto response = gate.get("/");
  CHECK(response.status == 200);
  CHECK_THAT(response.body, ContainsSubstring("Promotions blocked"));
  CHECK_THAT(response.body, ContainsSubstring("This stage cannot be judged"));
}

TEST_CASE("the board shows seven days from midnight to midnight, by the calendar's zone") {
  const Stage stage = stage_of("[{ name: live }]");
  // Tuesday evening in New York, Wednesday already in UTC.
  const auto shown = look_at(stage, instant_of("2026-11-25T02:00:00Z"));
  REQUIRE(shown.days.size() == 7);
  CHECK(day_label(shown.days[0].day.date) == "Tue 24 Nov");
  CHECK(shown.days[0].span ==
        Span{instant_of("2026-11-24T05:00:00Z"), instant_of("2026-11-25T05:00:00Z")});
  CHECK(blocked_on(shown, 0) == "09:30-16:00");
  CHECK(blocked_on(shown, 2) == "never");        // Thanksgiving Day
  CHECK(blocked_on(shown, 3) == "09:30-13:00");  // the day after
  CHECK(blocked_on(shown, 4) == "never");        // Saturday
}

TEST_CASE("the board shows freezes, and that they block") {
  const Stage stage =
      stage_of("[{ name: live, freezes: [{ name: f, from: 2026-11-28, to: 2026-11-28 }] }]");
  const auto shown = look_at(stage, instant_of(kOpen));
  CHECK(blocked_on(shown, 4) == "all day");
  REQUIRE(shown.days.at(4).freezes.size() == 1);
  CHECK(shown.days[4].freezes[0].span == shown.days[4].span);
  CHECK(shown.days[3].freezes.empty());
}

TEST_CASE("where an open market is required, the rest of the day is shown blocked") {
  const Stage stage = stage_of("[{ name: live, require: open }]");
  const auto shown = look_at(stage, instant_of(kOpen));
  CHECK(blocked_on(shown, 0) == "00:00-09:30, 16:00-24:00");
  CHECK(blocked_on(shown, 4) == "all day");
}

TEST_CASE("a stage that is not gated is shown free at all times") {
  GateSettings defaults = settings_of("xnys");
  defaults.gated_stages = {"live"};
  const auto node = yaml_of("[{ name: beta }]");
  const auto stages = read_stages(&node, defaults);
  REQUIRE(stages);
  const auto shown = look_at(stages->front(), instant_of(kOpen));
  CHECK(blocked_on(shown, 0) == "never");
  CHECK_THAT(page_html({.at = instant_of(kOpen), .simulated = false, .stages = {shown}}, "n"),
             ContainsSubstring("Never blocked."));
}

TEST_CASE("days on which the clocks change are as long as they are, and their hours stay put") {
  const Stage stage = stage_of("[{ name: live }]");
  const auto shown = look_at(stage, instant_of("2027-03-13T12:00:00Z"));
  CHECK(shown.days.at(1).span.end - shown.days[1].span.begin == std::chrono::hours{23});
  CHECK(blocked_on(shown, 2) == "09:30-16:00");
}

TEST_CASE("the time line can be read without seeing it") {
  const Stage stage = stage_of("[{ name: live }]");
  const auto at = instant_of(kOpen);
  const std::string svg = timeline_svg(look_at(stage, at), at, "t");
  CHECK_THAT(svg, ContainsSubstring("role=\"img\""));
  CHECK_THAT(svg, ContainsSubstring("<title id=\"t-title\">Time line of live</title>"));
  CHECK_THAT(svg, ContainsSubstring("Promotions are blocked: Tue 24 Nov 09:30-16:00; "));
  CHECK_THAT(svg, ContainsSubstring("now, 13:00 EST"));
}

TEST_CASE("at the calendar's end the board shows fewer days, and then none") {
  const Stage stage = stage_of("[{ name: live }]");
  const auto shown = look_at(stage, instant_of("2040-12-28T12:00:00Z"));
  REQUIRE(shown.days.size() == 4);
  CHECK(day_label(shown.days[3].day.date) == "Mon 31 Dec");
  CHECK(blocked_on(shown, 3) == "09:30-16:00");
  CHECK(look_at(stage, instant_of("2041-06-01T12:00:00Z")).days.empty());
}

TEST_CASE("the last day is shown blocked where the day after it might reach into it") {
  const Stage stage = stage_of("[{ name: live, pad_before: 12h }]");
  const auto shown = look_at(stage, instant_of("2040-12-30T12:00:00Z"));
  REQUIRE(shown.days.size() == 2);
  CHECK(blocked_on(shown, 0) == "21:30-24:00");
  CHECK(blocked_on(shown, 1) == "00:00-16:00, 21:30-24:00");
}
