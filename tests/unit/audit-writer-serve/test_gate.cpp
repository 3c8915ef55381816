// What the gate says, and what is made of it when it says nothing.
#include "plugins/audit-writer/serve/gate.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;
using std::chrono::seconds;

namespace {

constexpr auto* kBoth = R"({"stage": "paper", "allowed": true, "stages": [
  {"stage": "paper", "allowed": true, "state": "closed", "message": "Allowed: Market closed",
   "blocked_at": "2026-11-25T14:30:00Z", "blocked_in_seconds": 600},
  {"stage": "live", "allowed": false, "state": "open", "message": "Blocked: Market open",
   "allowed_at": "2026-11-24T21:00:00Z", "allowed_in_seconds": 90},
  {"stage": "odd", "allowed": false, "state": "unknown", "message": "calendar ends"}]})";

const GateBook::Clock::time_point kStart{};

}  // namespace

TEST_CASE("the gate's word on a stage is allowed or blocked, and until when") {
  GateBook book;
  book.note(parse_gate_answer(kBoth), kStart);
  const auto paper = book.word("paper", kStart + seconds(10));
  CHECK(paper.state == GateState::allowed);
  CHECK(paper.changes_at == "2026-11-25T14:30:00Z");
  CHECK(paper.changes_in == seconds(590));
  const auto live = book.word("live", kStart);
  CHECK(live.state == GateState::blocked);
  CHECK(live.message == "Blocked: Market open");
}

TEST_CASE("a stage that the gate cannot judge is unknown, one that it does not know is not gated") {
  GateBook book;
  book.note(parse_gate_answer(kBoth), kStart);
  CHECK(book.word("odd", kStart).state == GateState::unknown);
  CHECK(book.word("beta", kStart).state == GateState::not_gated);
}

TEST_CASE("a gate that does not answer is unknown, never open") {
  GateBook book;
  CHECK(book.word("paper", kStart).state == GateState::unknown);
  book.note(parse_gate_answer(kBoth), kStart);
  // One failure is bridged, a minute of them is not.
  book.note(unknown("connection refused"), kStart + seconds(30));
  CHECK(book.word("paper", kStart + seconds(30)).state == GateState::allowed);
  const auto later = book.word("paper", kStart + seconds(61));
  CHECK(later.state == GateState::unknown);
  CHECK(later.message == "connection refused");
}

TEST_CASE("an answer that has run out does not go on") {
  GateBook book;
  book.note(parse_gate_answer(R"({"stages": [{"stage": "live", "allowed": true,
    "state": "closed", "blocked_at": "2026-11-25T14:30:00Z", "blocked_in_seconds": 5}]})"),
            kStart);
  CHECK(book.word("live", kStart + seconds(4)).state == GateState::allowed);
  CHECK(book.word("live", kStart + seconds(5)).state == GateState::unknown);
}

TEST_CASE("an answer that is no answer is a failure") {
  for (const auto* body : {"", "<html>", "{}", "[]", R"({"stages": []})", R"({"allowed": true})"}) {
    INFO(body);
    CHECK_FALSE(parse_gate_answer(body));
  }
  for (const auto* allowed : {"\"true\"", "1", "null"}) {
    const auto answer = parse_gate_answer(std::string(R"({"stage": "live", "allowed": )") +
                                          allowed + R"(, "state": "closed"})");
    REQUIRE(answer);
    CHECK(answer->stages.front().second.state == GateState::unknown);
  }
}
