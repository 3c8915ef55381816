// What the log makes of a verdict: overridden, approved, or as it was.
#include "tests/unit/market-hours-clearance/cleared.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;
using Events = std::vector<std::string>;

TEST_CASE("without a log the verdict stands as it is") {
  Clearing clearing({}, nullptr);
  Verdict verdict;
  verdict.allowed = true;
  CHECK(clearing.clear(verdict, passage(), false)->allowed);
  verdict.allowed = false;
  verdict.reason = Reason::market_open;
  const auto blocked = clearing.clear(verdict, passage(), false);
  CHECK_FALSE(blocked->allowed);
  CHECK(blocked->reason == "market_open");
}

TEST_CASE("an allow and a block are recorded, each change once, by a new process as well") {
  Cleared gate;
  CHECK_FALSE(gate.answer().allowed);
  CHECK_FALSE(gate.answer().allowed);
  gate.restart();
  CHECK_FALSE(gate.answer().allowed);
  CHECK(gate.events() == Events{"gate.blocked"});
  gate.at(kAfterClose);
  CHECK(gate.answer().allowed);
  CHECK(gate.answer().record == 2);
  gate.restart();
  CHECK(gate.answer().record == 2);
  CHECK(gate.events() == Events{"gate.blocked", "gate.passed"});
  const auto blocked = gate.records()[1];
  CHECK(blocked.text("reason") == "market_open: core session: until 2026-11-24T21:00:00Z");
  CHECK(blocked.find("gate")->text("next_change_at") == "2026-11-24T21:00:00.000Z");
  CHECK(blocked.find("source")->text("promotion") == "live.01a");
}

TEST_CASE("nothing is recorded about a promotion without a name, nor by a simulated clock") {
  Cleared gate;
  auto nobody = passage("");
  const auto blocked = gate.answer(nobody);
  CHECK_FALSE(blocked.allowed);
  REQUIRE(blocked.notes.size() == 1);
  CHECK_THAT(blocked.notes[0], ContainsSubstring("which promotion this is"));
  CHECK_FALSE(gate.ask(passage(), true)->allowed);
  gate.at(kAfterClose);
  CHECK(gate.answer(nobody).allowed);
  CHECK(gate.ask(passage(), true)->allowed);
  CHECK(gate.events().empty());
}

TEST_CASE("a grant lets its one promotion through, again and again, and no other") {
  Cleared gate;
  gate.grant();
  const auto first = gate.answer();
  CHECK(first.allowed);
  CHECK(first.reason == "break_glass");
  REQUIRE(first.grant);
  CHECK(first.grant->granter.name == "ann@example.com");
  CHECK(gate.sentence(first) ==
        "allowed: break glass by \"ann@example.com\", although market open (xnys), closes 16:00 "
        "EST, in 3 h");
  gate.restart();
  CHECK(gate.answer().allowed);

  const auto other = gate.answer(passage("live.01b"));
  CHECK_FALSE(other.allowed);
  CHECK(other.reason == "market_open");
  CHECK_THAT(gate.sentence(other), ContainsSubstring("was already used by \"live.01a\""));
  CHECK_THAT(gate.sentence(other), ContainsSubstring("(record 2)"));
  CHECK(gate.events() ==
        Events{"break_glass.grant", "break_glass.consume", "gate.overridden", "gate.blocked"});
  const auto overridden = gate.records()[3];
  CHECK(overridden.find("break_glass")->text("justification") == "orders are lost, INC-42");
  CHECK_THAT(std::string(gate.records()[4].text("reason")), ContainsSubstring("already used by"));
}

TEST_CASE("a grant does nothing for a simulated clock, and stays unused") {
  Cleared gate;
  gate.grant();
  CHECK_FALSE(gate.ask(passage(), true)->allowed);
  CHECK(gate.answer().allowed);
}

TEST_CASE("a grant is not used up while promotions are allowed anyway") {
  Cleared gate;
  gate.at("2026-11-24T14:00:00Z");
  gate.grant();
  CHECK(gate.answer(passage("live.01x")).reason == "outside_hours");
  gate.at("2026-11-24T14:45:00Z");
  CHECK(gate.answer(passage("live.01a")).reason == "break_glass");
}

TEST_CASE("an expired grant does nothing, and a clock that is set back does not revive it") {
  Cleared gate;
  gate.grant();
  gate.at("2026-11-24T19:00:01Z");
  const auto late = gate.answer();
  CHECK_FALSE(late.allowed);
  CHECK_THAT(late.why, ContainsSubstring("has expired at 2026-11-24T19:00:00.000Z"));
  // That block was recorded a second after the end: the log's time counts.
  gate.at("2026-11-24T18:59:30Z");
  CHECK_THAT(gate.answer().why, ContainsSubstring("has expired"));
}

TEST_CASE("a clock that is set back revives no grant by what it writes down itself") {
  Cleared gate;
  gate.grant();
  gate.at("2026-11-24T19:00:01Z");
  CHECK_FALSE(gate.answer().allowed);
  gate.at("2026-11-24T18:30:00Z");
  for (int asked = 0; asked < 3; ++asked) {
    const auto answer = gate.answer();
    CHECK_FALSE(answer.allowed);
    CHECK_THAT(answer.why, ContainsSubstring("override"));
  }
}

TEST_CASE("an allow that comes when the market has opened is none") {
  Cleared gate;
  gate.at("2026-11-24T14:29:59Z");
  const auto verdict = gate.verdict();
  REQUIRE(verdict.allowed);
  gate.at("2026-11-24T14:30:00Z");
  const auto late = gate.clearing->clear(verdict, passage(), false);
  REQUIRE_FALSE(late);
  CHECK(late.error().kind == Failure::Kind::unknown);
  CHECK_THAT(late.error().message, ContainsSubstring("it was allowed until 2026-11-24T14:30:00Z"));
  CHECK(gate.events().empty());
}

TEST_CASE("a clock far behind the log overrides nothing") {
  Cleared gate;
  gate.grant();
  gate.at("2026-11-24T17:54:59Z");
  const auto answer = gate.answer();
  CHECK_FALSE(answer.allowed);
  CHECK_THAT(answer.why, ContainsSubstring("set the clock of this machine"));
}

TEST_CASE("a freeze that nobody may break is not broken, and uses no grant up") {
  Cleared gate;
  gate.grant();
  auto verdict = gate.verdict();
  verdict.break_glass = false;
  CHECK_FALSE(gate.clearing->clear(verdict, passage(), false)->allowed);
  CHECK(gate.answer().allowed);
}

TEST_CASE("a stage that needs an approval waits for one, whatever the hours") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  const auto lacking = gate.answer();
  CHECK_FALSE(lacking.allowed);
  CHECK(lacking.reason == "needs_approval");
  CHECK(gate.sentence(lacking) == "blocked: nobody has approved abc123 for live yet");
  gate.approve();
  const auto approved = gate.answer();
  CHECK(approved.allowed);
  REQUIRE(approved.approval);
  CHECK(approved.approval->note == "tested on paper for a week");
  CHECK(gate.events() == Events{"gate.blocked", "promotion.approved", "gate.passed"});
  CHECK(gate.records()[3].find("approver")->text("name") == "ann@example.com");
  CHECK(gate.records()[3].text("notes") == "tested on paper for a week");
}

TEST_CASE("one approval of a tag lets one promotion through, and that one again") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  gate.approve();
  CHECK(gate.answer(passage("live.01a")).allowed);
  const auto second = gate.answer(passage("live.01b"));
  CHECK(second.reason == "needs_approval");
  CHECK_THAT(second.why, ContainsSubstring("was already used by \"live.01a\""));
  gate.restart();
  CHECK(gate.answer(passage("live.01a")).allowed);
  CHECK(gate.answer(passage("paper.01a", "paper")).allowed);
}

TEST_CASE("an approval that is given anew in the same words lets one promotion through as well") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  gate.approve();
  CHECK(gate.answer(passage("live.01a")).allowed);
  gate.approve(false);
  gate.approve();
  CHECK(gate.answer(passage("live.01a")).allowed);
  const auto second = gate.answer(passage("live.01b"));
  CHECK_FALSE(second.allowed);
  CHECK_THAT(second.why, ContainsSubstring("was already used by \"live.01a\""));
}

TEST_CASE("a stage that is written otherwise, or not at all, needs the approval as well") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  for (const auto* stage : {"Live", "LIVE", " live ", ""}) {
    auto unnamed = passage("", stage);
    CHECK(gate.answer(unnamed).reason == "needs_approval");
  }
  CHECK(gate.answer(passage("live.01a", "Live")).reason == "needs_approval");
  CHECK(gate.answer(passage("", "paper")).allowed);
}

TEST_CASE("a rejection after the approval blocks also who has been let through before") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  gate.approve();
  CHECK(gate.answer().allowed);
  gate.approve(false);
  CHECK_THAT(gate.answer().why, ContainsSubstring("rejected by \"ann@example.com\""));
}

TEST_CASE("a grant breaks the hours, not the need of an approval, and is kept until there is one") {
  Cleared gate({.approval_stages = {"live"}});
  gate.grant();
  const auto lacking = gate.answer();
  CHECK_FALSE(lacking.allowed);
  CHECK(lacking.reason == "market_open");
  CHECK_THAT(gate.sentence(lacking),
             ContainsSubstring("an approval is needed as well: nobody has"));
  gate.approve();
  const auto both = gate.answer();
  CHECK(both.allowed);
  CHECK(both.reason == "break_glass");
  CHECK(both.approval.has_value());
}

TEST_CASE("an approval that cannot be looked for, because the clock is simulated, is none") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  gate.approve();
  CHECK(gate.ask(passage(), true)->reason == "needs_approval");
  CHECK(gate.answer(passage("")).reason == "needs_approval");
}

TEST_CASE("two people: neither grant nor approval of the one who asked counts") {
  Cleared gate({.approval_stages = {"live"}, .require_second_person = true});
  gate.approve();
  gate.grant();
  auto own = passage();
  own.promoter = "email:ann@example.com";
  CHECK_FALSE(gate.answer(own).allowed);
  CHECK(gate.answer(passage("live.01b")).allowed);
}
