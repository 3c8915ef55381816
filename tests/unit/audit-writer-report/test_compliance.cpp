// What an auditor asks for.
#include "plugins/audit-writer/report/compliance_show.hpp"
#include "tests/unit/audit-writer-report/reading.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

constexpr auto* kNoon = "2026-11-20T12:00:00.000Z";
constexpr auto* kGrant = "01JD0000000000000000GRANT0";

std::string promotion(const std::string& name, const std::string& more = "") {
  return R"({"source": {"system": "kargo", "promotion": ")" + name + "\"}" + more + "}";
}

void add_gate(RecordLines& log, const std::string& event, const std::string& name,
              const std::string& stage = "live") {
  log.add(R"({"ts": "2026-11-20T12:00:00.000Z", "type": "gate", "event": ")" + event +
          R"(", "outcome": "success", "target_stage": ")" + stage +
          R"(", "gate": {"name": "market-hours"}, "source": {"system": "kargo", "promotion": ")" +
          name + "\"}}");
}

void add_glass(RecordLines& log, const std::string& event, const std::string& ts,
               const std::string& who, const std::string& glass, const std::string& more = "") {
  log.add(R"({"ts": ")" + ts + R"(", "type": "break_glass", "event": ")" + event +
          R"(", "operator": {"name": ")" + who + R"(", "kind": "human"}, "break_glass": )" + glass +
          more + "}");
}

void add_grant(RecordLines& log, const std::string& who, const std::string& ts = kNoon) {
  add_glass(log, "grant", ts, who,
            R"({"grant": ")" + std::string(kGrant) +
                R"(", "justification": "broker is down", "max_uses": 1,
                "scope": {"gate": "market-hours", "target_stage": "live", "image_tag": "bbbbbbb"},
                "not_before": "2026-11-20T12:00:00.000Z", "expires_at": "2026-11-20T13:00:00.000Z"})",
            R"(, "id": ")" + std::string(kGrant) + "\"");
}

void add_use(RecordLines& log, const std::string& consumer) {
  add_glass(log, "consume", "2026-11-20T12:10:00.000Z", "bob",
            R"({"grant": ")" + std::string(kGrant) + R"(", "grant_seq": 0, "consumer": ")" +
                consumer + "\"}");
}

Findings findings_of(const RecordLines& log, ComplianceQuestion question = {.period = quarter()}) {
  ComplianceReader reader(std::move(question));
  read(reader, log);
  return reader.findings();
}

// A change to live as it should be.
void add_good_change(RecordLines& log, const std::string& name) {
  log.add_promotion("requested", "live", "aaaaaaa", kNoon, promotion(name));
  add_gate(log, "passed", name);
  log.add_promotion("approved", "live", "aaaaaaa", kNoon,
                    promotion(name, R"(, "operator": {"name": "ann", "kind": "human"})"));
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion(name));
}

std::vector<std::string> words(const std::vector<Exception>& exceptions) {
  std::vector<std::string> out;
  for (const auto& exception : exceptions) out.push_back(exception.what);
  return out;
}

}  // namespace

TEST_CASE("a change is one row, whatever number of records it has, and a good one raises nothing") {
  RecordLines log;
  add_good_change(log, "live.1");
  const auto findings = findings_of(log);
  REQUIRE(findings.changes.size() == 1);
  const Change& change = findings.changes[0];
  CHECK(change.requester.name == "celes");
  CHECK(change.approver.name == "ann");
  CHECK(change.outcome == "succeeded");
  CHECK(change.requested == 0);
  CHECK(change.gate == 1);
  CHECK(change.seq == 3);
  CHECK(findings.duties.empty());
  CHECK(findings.gaps.empty());
}

TEST_CASE("the population has every change that ended in the period and each that is open") {
  RecordLines log;
  log.add_promotion("succeeded", "paper", "aaaaaaa", "2026-09-30T12:00:00.000Z", promotion("old"));
  log.add_promotion("requested", "paper", "bbbbbbb", "2026-09-30T12:00:00.000Z", promotion("over"));
  log.add_promotion("succeeded", "paper", "bbbbbbb", "2026-10-01T12:00:00.000Z", promotion("over"));
  log.add_promotion("failed", "paper", "ccccccc", kNoon, promotion("failed"));
  log.add_promotion("requested", "live", "ddddddd", kNoon, promotion("open"));
  const auto findings = findings_of(log);
  std::vector<std::string> names;
  for (const auto& change : findings.changes) names.push_back(change.promotion + change.outcome);
  CHECK(names == std::vector<std::string>{"oversucceeded", "failedfailed", "openopen"});
}

TEST_CASE("a promotion to live without an approval, or approved by who asked, is an exception") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("a"));
  log.add_promotion("succeeded", "live", "bbbbbbb", kNoon,
                    promotion("b", R"(, "approver": {"name": "celes", "kind": "human"})"));
  log.add_promotion("succeeded", "paper", "bbbbbbb", kNoon, promotion("c"));
  CHECK(words(findings_of(log).duties) ==
        std::vector<std::string>{"no approval on record", "approved by who asked for it: celes"});
}

TEST_CASE("one person under two names is still one person") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon,
                    promotion("a", R"(, "approver": {"name": "email:celes@example.com",
                                       "kind": "human"})"));
  CHECK(words(findings_of(log).duties).size() == 1);
}

TEST_CASE("an approval of a tag counts for the promotion of that tag") {
  RecordLines log;
  log.add_promotion("approved", "live", "aaaaaaa", kNoon,
                    R"({"operator": {"name": "ann", "kind": "human"}})");
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("a"));
  const auto findings = findings_of(log);
  CHECK(findings.duties.empty());
  CHECK(findings.changes.size() == 1);
}

TEST_CASE("whose word a gate went by is who approved") {
  RecordLines log;
  log.add_promotion("requested", "live", "aaaaaaa", kNoon, promotion("a"));
  log.add(R"({"ts": "2026-11-20T12:00:00.000Z", "type": "gate", "event": "passed",
              "outcome": "success", "target_stage": "live", "gate": {"name": "market-hours"},
              "approver": {"name": "ann", "kind": "human", "verified": true}, "notes": "go",
              "source": {"system": "kargo", "promotion": "a"}})");
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("a"));
  const auto findings = findings_of(log);
  CHECK(findings.duties.empty());
  CHECK(findings.changes.at(0).approver.name == "ann");
  CHECK(findings.changes.at(0).notes == "go");
}

TEST_CASE("a rejection is not the end: the last word counts") {
  RecordLines log;
  const auto by_ann = [](const std::string& name) {
    return promotion(name, R"(, "operator": {"name": "ann", "kind": "human"})");
  };
  log.add_promotion("requested", "live", "aaaaaaa", kNoon, promotion("a"));
  log.add_promotion("rejected", "live", "aaaaaaa", kNoon, by_ann("a"));
  CHECK(findings_of(log).changes.at(0).outcome == "rejected");
  log.add_promotion("approved", "live", "aaaaaaa", kNoon, by_ann("a"));
  add_gate(log, "passed", "a");
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("a"));
  const auto findings = findings_of(log);
  REQUIRE(findings.changes.size() == 1);
  CHECK(findings.changes[0].outcome == "succeeded");
  CHECK(findings.gaps.empty());
}

TEST_CASE("a success without a request or without a gate's answer is a gap") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("a"));
  CHECK(
      words(findings_of(log).gaps) ==
      std::vector<std::string>{"succeeded without a request", "succeeded without a gate's answer"});
}

TEST_CASE("a gate that only said no leaves a gap: something went past it") {
  RecordLines log;
  log.add_promotion("requested", "live", "aaaaaaa", kNoon, promotion("a"));
  add_gate(log, "blocked", "a");
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("a"));
  CHECK(words(findings_of(log).gaps) ==
        std::vector<std::string>{"succeeded without a gate's answer"});
}

TEST_CASE("each promotion needs a request of its own") {
  RecordLines log;
  add_good_change(log, "live.1");
  log.add_promotion("succeeded", "live", "aaaaaaa", kNoon, promotion("live.2"));
  CHECK(findings_of(log).gaps.size() == 2);
}

TEST_CASE("break-glass is listed with its use, and open until somebody has reviewed it") {
  RecordLines log;
  add_grant(log, "ann");
  add_use(log, "live.2");
  auto findings = findings_of(log);
  REQUIRE(findings.break_glass.size() == 1);
  CHECK(findings.break_glass[0].state.use->consumer == "live.2");
  CHECK(findings.open_reviews.size() == 1);
  add_glass(log, "review", "2026-11-21T09:00:00.000Z", "carol",
            R"({"grant": ")" + std::string(kGrant) + "\"}", R"(, "notes": "was justified")");
  findings = findings_of(log);
  CHECK(findings.open_reviews.empty());
  CHECK(findings.break_glass[0].reviewer == "carol");
  CHECK(findings.break_glass[0].review_notes == "was justified");
}

TEST_CASE("an open review is shown in every later period too") {
  RecordLines log;
  add_grant(log, "ann");
  add_use(log, "live.2");
  const auto later = findings_of(log, {.period = *parse_period("2027", stamp(kNoon))});
  CHECK(later.break_glass.empty());
  CHECK(later.open_reviews.size() == 1);
}

TEST_CASE("break-glass granted by who used it is an exception") {
  RecordLines log;
  add_grant(log, "celes");
  add_use(log, "live.2");
  log.add_promotion(
      "succeeded", "live", "bbbbbbb", kNoon,
      promotion("live.2", R"(, "approver": {"name": "ann", "kind": "human"},
                      "break_glass": {"grant": ")" +
                              std::string(kGrant) + R"(", "justification": "broker is down"})"));
  CHECK(words(findings_of(log).duties) ==
        std::vector<std::string>{"break-glass granted by who used it: celes"});
}

TEST_CASE("changes of the log itself and of a stage's control are in the report") {
  RecordLines log;
  log.add(R"({"ts": "2026-11-20T12:00:00.000Z", "type": "log", "event": "redacted",
              "reason": "privacy: asked", "log": {"redacts": 3}})");
  log.add(R"({"ts": "2026-11-20T12:00:00.000Z", "type": "stage_control", "event": "disabled",
              "operator": {"name": "ann", "kind": "human"}, "target_stage": "beta"})");
  const auto entries = findings_of(log).housekeeping;
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].what == "record 3: privacy: asked");
  CHECK(entries[1].event == "stage_control.disabled");
  CHECK(entries[1].what == "beta");
}

TEST_CASE("the report says whether the log was verified, and with what") {
  RecordLines log;
  add_good_change(log, "live.1");
  audit::Report verified;
  verified.records = 4;
  ComplianceReport report{
      .question = {.period = quarter()},
      .findings = findings_of(log),
      .verification = {.report = verified, .checkpoint = "o\n4\nroot\n\n- o sig\n"},
      .origin = "o",
      .now = stamp("2027-01-05T00:00:00.000Z")};
  const std::string text = show_text(compliance_document(report));
  CHECK_THAT(text, ContainsSubstring("Verified without a fault: 4 records"));
  CHECK_THAT(text, ContainsSubstring("a complete rollback of the log would not be seen"));
  CHECK_THAT(text, ContainsSubstring("root"));
  CHECK(*compliance_json(report).find("verification")->find("faultless")->boolean());

  report.verification.report = unknown("the volume is not mounted");
  CHECK_THAT(show_text(compliance_document(report)),
             ContainsSubstring("NOT VERIFIED: the volume is not mounted"));
  CHECK_FALSE(*compliance_json(report).find("verification")->find("faultless")->boolean());
}

TEST_CASE("a finding of the verification is in the report, and it is then not faultless") {
  audit::Report verified;
  verified.records = 4;
  verified.findings_in_all = 1;
  verified.faults = 1;
  verified.findings.push_back({.finding = audit::Finding::modified,
                               .seq = 3,
                               .where = "records/0000000000.jsonl:4",
                               .message = "not the line that the tile was made of"});
  const ComplianceReport report{.question = {.period = quarter()},
                                .findings = {},
                                .verification = {.report = verified},
                                .origin = "o",
                                .now = stamp("2027-01-05T00:00:00.000Z")};
  const std::string text = show_text(compliance_document(report));
  CHECK_THAT(text, ContainsSubstring("MODIFIED"));
  CHECK_THAT(text, ContainsSubstring("NOT FAULTLESS"));
}
