// What the gate does when the log is not as it should be: an allow that is not written down is
// none.
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
