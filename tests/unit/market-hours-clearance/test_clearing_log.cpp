// What the gate does when the log is not as it should be: an allow that is not written down is
// none.
#include <algorithm>
#include <fstream>

#include "tests/unit/market-hours-clearance/cleared.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

void spoil_checkpoint(const Cleared& gate) {
  std::ofstream(gate.settings.audit_log + "/checkpoint") << "nonsense\n";
}

}  // namespace

TEST_CASE("an allow that cannot be recorded is a failure") {
  Cleared gate;
  gate.at(kAfterClose);
  std::filesystem::rename(gate.settings.audit_log, gate.settings.audit_log + ".gone");
  const auto answer = gate.ask();
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error().message, ContainsSubstring("would be allowed, but"));
  std::filesystem::rename(gate.settings.audit_log + ".gone", gate.settings.audit_log);
  CHECK(gate.answer().allowed);
}

TEST_CASE("a block that cannot be recorded stays a block") {
  Cleared gate;
  std::filesystem::rename(gate.settings.audit_log, gate.settings.audit_log + ".gone");
  const auto answer = gate.answer();
  CHECK_FALSE(answer.allowed);
  CHECK_FALSE(answer.record);
  CHECK_THAT(answer.why, ContainsSubstring("that a grant is unused cannot be shown"));
}

TEST_CASE("a damaged log overrides nothing and lets nothing through") {
  Cleared gate;
  gate.grant();
  spoil_checkpoint(gate);
  CHECK_FALSE(gate.answer().allowed);
  gate.at(kAfterClose);
  const auto answer = gate.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == Failure::Kind::conflict);
}

TEST_CASE("without the key nothing is overridden and nothing is let through") {
  Cleared gate;
  gate.grant();
  gate.settings.audit_key = {};
  gate.restart();
  CHECK_FALSE(gate.answer().allowed);
  gate.at(kAfterClose);
  CHECK_FALSE(gate.ask());
}

TEST_CASE("the key of another log opens nothing") {
  Cleared gate;
  gate.grant();
  gate.settings.audit_key = settings::Secret(audit::SigningKey::generate("stonks-audit").text());
  gate.restart();
  CHECK_FALSE(gate.answer().allowed);
  CHECK_FALSE(gate.books->look());
}

TEST_CASE("whether something is approved that cannot be found out is no answer") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  std::filesystem::rename(gate.settings.audit_log, gate.settings.audit_log + ".gone");
  const auto answer = gate.ask();
  REQUIRE_FALSE(answer);
  CHECK_THAT(answer.error().message, ContainsSubstring("whether it is approved"));
}

TEST_CASE("a grant that was used long ago is answered again without another record") {
  Cleared gate;
  gate.grant();
  CHECK(gate.answer().allowed);
  // More than the log keeps at hand of its newest records.
  auto key = audit::SigningKey::parse(gate.settings.audit_key.reveal());
  auto log = audit::Log::open(audit::Layout{gate.settings.audit_log}, *key, {});
  REQUIRE(log);
  // 2,100 of 2 KiB are also more than the log looks through for a key.
  for (std::uint64_t i = 0; i <= 2'100; ++i) {
    audit::GateSaying said;
    said.reason = std::string(2'000, 'x');
    said.passage = passage("other." + std::to_string(i));
    REQUIRE(log->append(audit::gate_draft(said)));
  }
  gate.restart();
  CHECK(gate.answer().allowed);
  const auto events = gate.events();
  CHECK(std::count(events.begin(), events.end(), "break_glass.consume") == 1);
  CHECK(std::count(events.begin(), events.end(), "gate.overridden") == 1);
}
