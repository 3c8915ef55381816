// What a gate's sayings look like in the log, and that each is written once.
#include "common/audit/grant/gate_record.hpp"
#include "tests/unit/audit-grant/records.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

GateSaying saying(GateEvent event) {
  GateSaying said;
  said.event = event;
  said.passage = passage();
  said.reason = "market_open: closes 2026-11-24T21:00:00Z";
  said.next_change_at = stamp("2026-11-24T21:00:00Z");
  return said;
}

}  // namespace

TEST_CASE("every saying of a gate is a record that the schema's rules accept") {
  for (const auto event :
       {GateEvent::passed, GateEvent::blocked, GateEvent::overridden, GateEvent::errored}) {
    auto said = saying(event);
    if (event == GateEvent::overridden) said.grant = grant_called("01J0000000000000000000000A");
    said.approval = Approval{.seq = 3, .approved = true, .approver = ann(), .note = "ok"};
    const auto draft = gate_draft(said);
    CHECK(fault_of(draft) == "");
    CHECK(draft.find("gate")->text("name") == "market-hours");
    CHECK(draft.find("gate")->text("next_change_at") == "2026-11-24T21:00:00.000Z");
    CHECK(draft.find("approver")->text("name") == "ann@example.com");
  }
}

TEST_CASE("the same saying has the same key, and any other another") {
  const auto key = [](const GateSaying& said) {
    return std::string(gate_draft(said).text("idem"));
  };
  CHECK(key(saying(GateEvent::blocked)) == key(saying(GateEvent::blocked)));
  CHECK(key(saying(GateEvent::blocked)) != key(saying(GateEvent::passed)));
  auto later = saying(GateEvent::blocked);
  later.next_change_at = stamp("2026-11-25T21:00:00Z");
  CHECK(key(later) != key(saying(GateEvent::blocked)));
  auto other = saying(GateEvent::blocked);
  other.passage = passage("live.01b");
  CHECK(key(other) != key(saying(GateEvent::blocked)));
}

TEST_CASE("an override carries who broke the glass, why, and by which grant") {
  auto said = saying(GateEvent::overridden);
  said.grant = grant_called("01J0000000000000000000000A");
  const auto draft = gate_draft(said);
  CHECK(draft.find("operator")->text("name") == "ann@example.com");
  CHECK(draft.find("break_glass")->text("justification") == "orders are lost, INC-42");
  CHECK(draft.find("break_glass")->text("grant") == "01J0000000000000000000000A");
}

TEST_CASE("a reason that is too long is cut between characters") {
  auto said = saying(GateEvent::blocked);
  said.reason = std::string(2047, 'x') + "ä";
  CHECK(gate_draft(said).text("reason").size() == 2047);
}
