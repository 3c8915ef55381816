// How an answer is told to people and to programs.
#include <map>

#include "tests/unit/market-hours-gate/judged.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using std::chrono::minutes;

namespace {

GateSettings settings(const std::string& calendar, Adjustments adjustments = {},
                      Policy policy = {}) {
  return {.calendar = calendar,
          .adjustments = std::move(adjustments),
          .policy = policy,
          .gated_stages = {}};
}

std::string told(GateSettings by, std::string_view at, const std::string& stage = "") {
  const Gate gate = gate_of(std::move(by));
  return headline(gate, judged(gate, at, stage));
}

std::vector<std::string> notes_of(const std::string& calendar, std::string_view at,
                                  const Asker& asker = {}) {
  const Gate gate = gate_of(settings(calendar));
  return gate.notes(judged(gate, at), asker);
}

constexpr const char* kOpen = "2026-11-24T18:47:00Z";
constexpr const char* kEvening = "2026-11-24T22:00:00Z";
constexpr const char* kThanksgiving = "2026-11-26T18:00:00Z";

}  // namespace

TEST_CASE("a headline says what, why and until when") {
  CHECK(told(settings("us-equity-hours"), kOpen) ==
        "blocked: market open (us-equity-hours), closes 16:00 EST, in 2 h 13 min");
  CHECK(told(settings("xnys"), kEvening) ==
        "allowed: market closed (xnys), opens Wed 2026-11-25 09:30 EST, in 16 h 30 min");
  CHECK(told(settings("xnys"), kThanksgiving) ==
        "allowed: market closed (xnys, Thanksgiving Day), opens Fri 2026-11-27 09:30 EST, in 20 h "
        "30 min");
  CHECK(told(settings("always-closed"), kOpen) == "allowed: market closed (always-closed)");
}

TEST_CASE("a headline names the setting or the event behind a block") {
  CHECK(
      told(settings("xnys", {.pad_before = minutes{15}}), "2026-11-24T14:20:00Z") ==
      "blocked: too close to the session (xnys, before the core session), until 16:00 EST, in 6 h "
      "40 min");
  CHECK(told(settings("xtks", {.lunch_break = LunchBreak::block}), "2026-11-24T03:00:00Z") ==
        "blocked: lunch break (xtks) counts as session, until 15:30 JST, in 3 h 30 min");
  CHECK(told(settings("xnys", {.on_holiday = OnHoliday::block}), kThanksgiving) ==
        "blocked: usual hours of xnys are blocked on Thanksgiving Day too (on_holiday: block), "
        "until 16:00 EST, in 3 h");
  CHECK(told(settings("xnys", {.freezes = yaml_of("[{ name: earnings week, from: 2026-11-24, to: "
                                                  "2026-11-25 }]")}),
             kOpen) ==
        "blocked: frozen: earnings week, until Thu 2026-11-26 00:00 EST, in 1 d 11 h");
}

TEST_CASE("a headline of a gate that requires an open market says so") {
  const Policy open{.require = Require::open};
  CHECK(told(settings("xnys", {}, open), kEvening) ==
        "blocked: market closed (xnys) and this gate requires an open one, opens Wed 2026-11-25 "
        "09:30 EST, in 16 h 30 min");
  CHECK(told(settings("xnys", {}, open), kOpen) ==
        "allowed: market open (xnys), closes 16:00 EST, in 2 h 13 min");
}

TEST_CASE("a headline says what is too short for the deployment") {
  CHECK(told(settings("xnys", {}, {.need = minutes{90}}), "2026-11-24T13:30:00Z") ==
        "blocked: not enough time: 1 h 30 min needed, but the market is blocked again too soon, "
        "opens 09:30 EST, in 1 h");
  CHECK(told(settings("xnys", {}, {.require = Require::open, .need = minutes{180}}), kOpen) ==
        "blocked: not enough time: 3 h needed, but the market is not open that long, closes 16:00 "
        "EST, in 2 h 13 min");
}

TEST_CASE("only gated stages are blocked, and the answer says that a stage is not gated") {
  GateSettings some = settings("xnys");
  some.gated_stages = {"paper", "live"};
  CHECK(told(some, kOpen, "beta") == "allowed: this stage is not gated");
  CHECK_THAT(told(some, kOpen, "live"), ContainsSubstring("blocked: market open"));
  // Nobody said which stage: nothing says that it may pass.
  CHECK_THAT(told(some, kOpen, ""), ContainsSubstring("blocked: market open"));
}

TEST_CASE("an answer for a stage that is not gated says nothing of what blocks the others") {
  GateSettings some = settings(
      "xnys", {.freezes = yaml_of("[{ name: audit, from: 2026-11-24, to: 2026-11-24, break_glass: "
                                  "false }]")});
  some.gated_stages = {"live"};
  const Gate gate = gate_of(std::move(some));
  CHECK(judged(gate, kOpen, "live").name == "audit");
  const auto json = answer_json(gate, judged(gate, kOpen, "beta"), {.stage = "beta"});
  CHECK(json.text("reason") == "not_gated");
  CHECK(json.text("name").empty());
}

TEST_CASE("a stage that is not gated still needs a calendar that knows the day") {
  GateSettings some = settings("xnys");
  some.gated_stages = {"live"};
  CHECK_FALSE(gate_of(some).judge("beta", instant_of("2041-06-03T12:00:00Z")));
}

TEST_CASE(
    "the weekday rule says on a holiday that the exchange is closed, and which setting knows") {
  const auto notes = notes_of("us-equity-hours", kThanksgiving);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] ==
        "NYSE does not trade today (Thanksgiving Day); calendar us-equity-hours counts every "
        "weekday. With `calendar: xnys` promotions are allowed on holidays");
}

TEST_CASE("the weekday rule says on a half day when the exchange closes") {
  const auto notes = notes_of("us-equity-hours", "2026-11-27T19:00:00Z");
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0],
             ContainsSubstring("NYSE closes at 13:00 EST today (Day after Thanksgiving)") &&
                 ContainsSubstring("`calendar: xnys`"));
}

TEST_CASE("no note where there is nothing to add") {
  CHECK(notes_of("us-equity-hours", kOpen).empty());
  CHECK(notes_of("us-equity-hours", "2026-11-26T23:00:00Z").empty());  // holiday, but allowed
  CHECK(notes_of("xnys", kThanksgiving).empty());
}

TEST_CASE("days that are not yet published and instants that are simulated are marked") {
  const auto notes =
      notes_of("xnys", "2029-06-05T18:00:00Z", {.stage = "", .image_tag = "", .simulated = true});
  REQUIRE(notes.size() == 2);
  CHECK(notes[0] == "by rule, not yet published: xnys is official through 2028-12-31");
  CHECK(notes[1] == "simulated: judged for 2029-06-05T18:00:00Z, not for now");
}

TEST_CASE("the text repeats who asked, shows the day and counts down") {
  const Gate gate = gate_of(settings("us-equity-hours"));
  CHECK(answer_text(gate, judged(gate, kOpen), {.stage = "live", .image_tag = "abc123"}) ==
        "blocked: market open (us-equity-hours), closes 16:00 EST, in 2 h 13 min\n"
        "  stage        live\n"
        "  image tag    abc123\n"
        "  now          Tue 2026-11-24 13:47 EST\n"
        "  day          Tue 2026-11-24, session, 09:30-16:00\n"
        "  allowed from Tue 2026-11-24 16:00 EST, in 2 h 13 min");
}

TEST_CASE("a block or an allow without an end says that it has none") {
  const Gate open = gate_of(settings("always-open"));
  CHECK_THAT(answer_text(open, judged(open, kOpen), {}),
             ContainsSubstring("\n  allowed      never, as far as the calendar reaches"));
  const Gate closed = gate_of(settings("always-closed"));
  CHECK(answer_text(closed, judged(closed, kOpen), {}) ==
        "allowed: market closed (always-closed)\n"
        "  now          Tue 2026-11-24 18:47 UTC\n"
        "  day          Tue 2026-11-24, no trading day\n"
        "  blocked      never, as far as the calendar reaches (at most a year ahead)");
}

TEST_CASE("what is waited for stays the same while the countdown runs") {
  const Gate gate = gate_of(settings("xnys"));
  const auto first = waiting_for(gate, judged(gate, kOpen));
  CHECK(first == "waiting: market_open (xnys) core session, until Tue 2026-11-24 16:00 EST");
  CHECK(first == waiting_for(gate, judged(gate, "2026-11-24T20:59:59Z")));
}

TEST_CASE("the JSON of a block has every member, with instants in UTC and lengths in seconds") {
  const Gate gate = gate_of(settings("xnys"));
  auto json = answer_json(gate, judged(gate, kOpen), {.stage = "live", .image_tag = "abc123"});
  REQUIRE(json.find("day") != nullptr);
  CHECK(json.find("day")->text("kind") == "session");
  json.set("day", nullptr);
  CHECK(json.dump() ==
        R"({"allowed":false,"reason":"market_open",)"
        R"("message":"blocked: market open (xnys), closes 16:00 EST, in 2 h 13 min",)"
        R"("state":"open","stage":"live","image_tag":"abc123","calendar":"xnys",)"
        R"("time_zone":"America/New_York","require":"closed","at":"2026-11-24T18:47:00Z",)"
        R"("simulated":false,"name":"core session","opens_at":"2026-11-24T14:30:00Z",)"
        R"("closes_at":"2026-11-24T21:00:00Z","market_closes_in_seconds":7980,)"
        R"("allowed_at":"2026-11-24T21:00:00Z","allowed_in_seconds":7980,"blocked_at":null,)"
        R"("blocked_in_seconds":null,"may_break_glass":true,"day":null,"notes":[]})");
}

TEST_CASE("the JSON of an allowed answer counts to the next block and needs no glass broken") {
  const Gate gate = gate_of(settings("xnys"));
  const auto json = answer_json(gate, judged(gate, kEvening), {});
  CHECK(*json.find("allowed")->boolean());
  CHECK(json.find("blocked_in_seconds")->integer() == 59400);
  CHECK(json.find("allowed_at")->is_null());
  CHECK(json.find("market_closes_in_seconds")->is_null());
  CHECK_FALSE(*json.find("may_break_glass")->boolean());
}

TEST_CASE("the JSON says when nobody may break the glass") {
  const char* hard = "[{ name: audit, from: 2026-11-28, to: 2026-11-28, break_glass: false }]";
  const Gate gate = gate_of(settings("xnys", {.freezes = yaml_of(hard)}));
  const auto json = answer_json(gate, judged(gate, "2026-11-28T12:00:00Z"), {});
  CHECK_FALSE(*json.find("may_break_glass")->boolean());
  CHECK(json.text("state") == "frozen");
  CHECK(json.text("name") == "audit");
}
