// What the gate does when the log is not as it should be: an allow that is not written down is
// none.
#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "common/audit/log/layout.hpp"
#include "common/audit/record/stub.hpp"
#include "tests/unit/market-hours-clearance/cleared.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

void spoil_checkpoint(const Cleared& gate) {
  std::ofstream(gate.settings.audit_log + "/checkpoint") << "nonsense\n";
}

// A record that is long enough for another one to stand in its place.
std::uint64_t long_record(Cleared& gate) {
  audit::GateSaying said;
  said.reason = std::string(1'500, 'x');
  said.passage = passage("other." + std::to_string(gate.records().size()));
  const auto appended = gate.books->append(audit::gate_draft(said));
  REQUIRE(appended);
  return appended->seq;
}

// As whoever can write to the volume, and has no key.
void change_line(const Cleared& gate, std::uint64_t seq,
                 const std::function<std::string(const std::string&)>& change) {
  const auto path = audit::Layout{gate.settings.audit_log}.segment(0);
  std::ifstream in(path);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::size_t begin = 0;
  for (std::uint64_t i = 0; i < seq; ++i) begin = bytes.find('\n', begin) + 1;
  const std::size_t length = bytes.find('\n', begin) - begin;
  std::string line = change(bytes.substr(begin, length));
  REQUIRE(line.size() <= length);
  line.resize(length, ' ');
  std::ofstream(path) << bytes.replace(begin, length, line);
}

void forge(const Cleared& gate, std::uint64_t seq, const Result<audit::Draft>& draft) {
  REQUIRE(draft);
  change_line(gate, seq, [&](const std::string& line) {
    auto record = text::parse_json(line).value();
    record.set("reason", "").set("idem", "");
    for (const auto& [key, value] : *draft->object()) record.set(key, value);
    return record.dump();
  });
}

audit::GrantRequest grant_request() {
  audit::GrantRequest request;
  request.scope = {.gate = kGateName,
                   .project = "stonks",
                   .target_stage = "live",
                   .image_tag = "abc123",
                   .promotion = {}};
  request.granter = ann();
  request.justification = "nobody has given this";
  return request;
}

}  // namespace

TEST_CASE("a grant that was written into the records without the key lets nothing through") {
  Cleared gate;
  const auto seq = long_record(gate);
  long_record(gate);
  forge(gate, seq, audit::grant_draft(grant_request(), gate.books->now()));
  const auto answer = gate.answer();
  CHECK_FALSE(answer.allowed);
  CHECK_THAT(answer.why, ContainsSubstring("are not those that were signed"));
  const auto events = gate.events();
  CHECK(std::count(events.begin(), events.end(), "break_glass.consume") == 0);
}

TEST_CASE("a use that was taken out of the records does not make a grant unused") {
  Cleared gate;
  gate.grant();
  const auto used = gate.answer();
  CHECK(used.allowed);
  const std::uint64_t use = 2;
  REQUIRE(gate.records()[use].text("event") == "consume");
  long_record(gate);
  SECTION("written over") {
    change_line(gate, use, [](std::string line) {
      return line.replace(line.find("break_glass"), 11, "broken_glas");
    });
  }
  SECTION("as if it had been redacted") {
    change_line(gate, use, [&](const std::string& line) {
      return audit::show(audit::Stub{use, audit::leaf_hash(line), use + 1}, line.size());
    });
  }
  const auto other = gate.answer(passage("live.01b"));
  CHECK_FALSE(other.allowed);
  CHECK_THAT(other.why, ContainsSubstring("run audit-writer verify"));
}

TEST_CASE("an approval that was written into the records without the key approves nothing") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  const auto seq = long_record(gate);
  long_record(gate);
  forge(gate, seq,
        audit::approval_draft({.approved = true,
                               .project = "stonks",
                               .target_stage = "live",
                               .image_tag = "abc123",
                               .promotion = {},
                               .approver = ann(),
                               .note = "nobody has said this"}));
  const auto answer = gate.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == Failure::Kind::conflict);
}

TEST_CASE("a passage that was written in before its approval does not leave the approval unused") {
  const ClearanceRules rules{.approval_stages = {"live"}};
  const auto prepare = [](Cleared& gate) {
    gate.at(kAfterClose);
    long_record(gate);
    long_record(gate);
    gate.approve();
  };
  Cleared honest(rules);
  prepare(honest);
  CHECK(honest.answer().allowed);
  const auto record = honest.records().back();
  REQUIRE(record.text("event") == "passed");
  audit::Draft passed;
  for (const auto& [key, value] : *record.object()) {
    const bool own = std::set<std::string>{"v", "seq", "prev", "ts", "id", "salt"}.contains(key);
    if (!own) passed.set(key, value);
  }
  Cleared gate(rules);
  prepare(gate);
  forge(gate, 1, passed);
  const auto answer = gate.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == Failure::Kind::conflict);
}

TEST_CASE("a rejection that was taken out of the records still counts") {
  Cleared gate({.approval_stages = {"live"}});
  gate.at(kAfterClose);
  gate.approve();
  gate.approve(false);
  long_record(gate);
  change_line(gate, 2, [](std::string line) {
    return line.replace(line.find("\"rejected\""), 10, "\"started\" ");
  });
  CHECK_FALSE(gate.ask());
}

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

TEST_CASE("a log that was put back to before a use does not let a second promotion through") {
  Cleared gate;
  gate.grant();
  const std::string before = gate.settings.audit_log + ".before";
  std::filesystem::copy(gate.settings.audit_log, before, std::filesystem::copy_options::recursive);
  REQUIRE(gate.answer().allowed);
  std::filesystem::remove_all(gate.settings.audit_log);
  std::filesystem::rename(before, gate.settings.audit_log);
  const auto answer = gate.answer(passage("live.p2"));
  CHECK_FALSE(answer.allowed);
  CHECK_THAT(gate.sentence(answer), ContainsSubstring("put back to an older state"));
  gate.at(kAfterClose);
  CHECK_FALSE(gate.ask(passage("live.p3")));
}

TEST_CASE("a grant that was used long ago is answered again without another record") {
  Cleared gate;
  gate.grant();
  CHECK(gate.answer().allowed);
  // More than the log keeps at hand of its newest records.
  auto key = audit::SigningKey::parse(gate.settings.audit_key.reveal());
  audit::LogOptions options;
  options.now = [] { return audit::Stamp(time::parse_instant(kOpen).value()); };
  auto log = audit::Log::open(audit::Layout{gate.settings.audit_log}, *key, options);
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

TEST_CASE("nobody can make the gate believe that it has spoken already") {
  Cleared gate;
  gate.at(kAfterClose);
  REQUIRE(gate.answer().allowed);
  const std::string key(gate.records().back().text("idem"));

  Cleared other;
  other.at(kAfterClose);
  audit::GateSaying said;
  said.event = audit::GateEvent::blocked;
  said.passage = passage("elsewhere");
  auto forged = audit::gate_draft(said);
  // A member of x stands in the line as the record's own would.
  REQUIRE(other.books->append(forged.set("x", text::Json().set("idem", key))));
  for (std::uint64_t i = 0; i <= audit::kSlotsKept; ++i) {
    said.passage = passage("other." + std::to_string(i));
    REQUIRE(other.books->append(audit::gate_draft(said)));
  }
  REQUIRE(other.answer().allowed);
  CHECK(other.events().back() == "gate.passed");
}
