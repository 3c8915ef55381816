// The page for operators. How it looks in a real browser is tests/e2e/audit_page_test.py's.
#include "plugins/audit-writer/serve/page.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const audit::Stamp kNow = *audit::parse_stamp("2026-11-20T18:00:00.000Z");

struct Drawn {
  RecordLines log;
  Page page{.now = kNow,
            .origin = "example.com/stonks",
            .key_pinned = true,
            .look = {},
            .gates = {},
            .inspections = {},
            .query = {},
            .history = HistoryPage{}};

  std::string html(const GateWord& gate = {.state = GateState::not_asked}) {
    Board board({"paper", "live"});
    REQUIRE(each_record(log, 0, [&](const Record& record) {
      board.take(record);
      return audit::Next::go_on;
    }));
    page.look.stages = board.stages();
    page.look.grants = board.grants(kNow);
    if (!page.look.read_at) page.look.read_at = kNow;
    page.gates.assign(page.look.stages.size(), gate);
    if (page.history) page.history = read_history(log, {});
    return page_html(page, "0123456789abcdef");
  }
  void verified(bool faultless) {
    audit::Report report;
    report.records = log.size();
    if (!faultless) {
      report.findings_in_all = 1;
      report.faults = 1;
      report.findings.push_back({.finding = audit::Finding::modified,
                                 .seq = 0,
                                 .where = "records/0000000000.jsonl:1",
                                 .message = "changed"});
    }
    page.inspections.last = Inspection{.at = kNow, .report = report};
  }
};

}  // namespace

TEST_CASE("each stage shows its tag, since when, by whom, and what the gate says") {
  Drawn drawn;
  drawn.log.add_promotion("succeeded", "live", "3f2a91c", "2026-11-20T15:00:00.000Z");
  const auto page = drawn.html({.state = GateState::blocked,
                                .message = "blocked: market open",
                                .changes_at = "2026-11-20T21:00:00Z",
                                .changes_in = std::chrono::seconds(10'800)});
  for (const auto* part :
       {"<code>3f2a91c</code>", "2026-11-20 15:00:00 UTC", "3 h ago", "celes", "Promotions blocked",
        ">market open<", "data-left=\"10800\"", "Nothing has been deployed"}) {
    CHECK_THAT(page, ContainsSubstring(part));
  }
}

TEST_CASE("a gate that does not answer is shown as unknown and never as open") {
  const auto page = Drawn().html({.state = GateState::unknown, .message = "connection refused"});
  CHECK_THAT(page, ContainsSubstring("Gate unknown: count as blocked"));
  CHECK_THAT(page, ContainsSubstring("connection refused"));
  CHECK(page.find("Promotions allowed") == std::string::npos);
}

TEST_CASE("the history has every field that an audit asks for") {
  Drawn drawn;
  drawn.log.add_promotion(
      "succeeded", "live", "3f2a91c", "2026-11-20T15:00:00.000Z",
      R"({"notes": "all green", "approver": {"name": "ann", "kind": "human", "verified": true},
          "change_ref": "OPS-7", "break_glass": {"grant": "01JD0000000000000000GRANT0",
          "justification": "broker is down"}})");
  const auto page = drawn.html();
  for (const auto* part :
       {"<bdi>celes</bdi> <span class=\"muted\">(unverified)</span>", "approved by <bdi>ann</bdi>",
        "data-name=\"From\">paper", "data-name=\"To\">live", "all green",
        "Justification: broker is down", "Change: OPS-7", "promotion.succeeded", "break-glass",
        "href=\"v1/records/0\""}) {
    INFO(part);
    CHECK_THAT(page, ContainsSubstring(part));
  }
}

TEST_CASE("nothing that somebody wrote becomes HTML or turns the page around") {
  Drawn drawn;
  const std::string evil = "<script>alert(1)</script>\\u202e\\\"'";
  const std::string glass = R"({"grant": "01JD0000000000000000GRANT0", "justification": ")" + evil +
                            R"(", "max_uses": 1, "scope": {"gate": ")" + evil +
                            R"(", "target_stage": ")" + evil + R"(", "image_tag": ")" + evil +
                            R"("}, "not_before": "2026-11-20T12:00:00.000Z",
                            "expires_at": "2026-11-20T19:00:00.000Z"})";
  drawn.log.add(R"({"type": "break_glass", "event": "grant", "id": "01JD0000000000000000GRANT0",
                    "operator": {"name": ")" +
                evil + R"(", "kind": "human"}, "break_glass": )" + glass + "}");
  for (const auto* event : {"succeeded", "blocked"}) {
    drawn.log.add(R"({"type": "promotion", "event": ")" + std::string(event) +
                  R"(", "operator": {"name": ")" + evil + R"("}, "approver": {"name": ")" + evil +
                  R"("}, "target_stage": ")" + evil + R"(", "source_stage": ")" + evil +
                  R"(", "image_tag": ")" + evil + R"(", "notes": ")" + evil + R"(", "reason": ")" +
                  evil + R"(", "change_ref": ")" + evil + "\"}");
  }
  drawn.page.query = {{"stage", "<script>"}, {"operator", "\"><script>"}};
  const auto page =
      drawn.html({.state = GateState::blocked, .message = "<script>alert(2)</script>"});
  // The page's own is the only one.
  CHECK(page.find("<script nonce=\"0123456789abcdef\">") == page.find("<script"));
  CHECK(page.find("<script", page.find("<script") + 1) == std::string::npos);
  CHECK(page.find("\u202E") == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("\\u202e"));
}

TEST_CASE("the footer says when the log was verified, and what with") {
  Drawn drawn;
  drawn.verified(true);
  drawn.page.inspections.last_full = *audit::parse_stamp("2026-11-20T06:00:00.000Z");
  const auto page = drawn.html();
  CHECK_THAT(page, ContainsSubstring("The log is verified"));
  CHECK_THAT(page, ContainsSubstring("last verified in full"));
  CHECK_THAT(page, ContainsSubstring("2026-11-20 06:00:00 UTC"));
}

TEST_CASE("a log that is not faultless is the first thing that the page says") {
  Drawn drawn;
  drawn.verified(false);
  const auto page = drawn.html();
  CHECK_THAT(page, ContainsSubstring("<title>LOG NOT VERIFIED"));
  CHECK(page.find("role=\"alert\"") < page.find("<main>"));
}

TEST_CASE("a log that cannot be read is not shown as if it were fresh") {
  Drawn drawn;
  drawn.page.look.read_at = kNow - std::chrono::minutes(5);
  drawn.page.look.failure = "the store does not answer";
  const auto page = drawn.html();
  CHECK_THAT(page, ContainsSubstring("The log cannot be read since 2026-11-20T17:55:00.000Z"));
  CHECK_THAT(page, ContainsSubstring("the store does not answer"));
}

TEST_CASE("a question with faults gets its faults on the page, and keeps what was typed") {
  Drawn drawn;
  drawn.page.query = {{"since", "yesterday-ish"}};
  drawn.page.history = usage("since: \"yesterday-ish\" is no time");
  const auto page = drawn.html();
  CHECK_THAT(page, ContainsSubstring("is no time"));
  CHECK_THAT(page, ContainsSubstring("value=\"yesterday-ish\""));
}

TEST_CASE("links keep the filter") {
  Drawn drawn;
  drawn.page.query = {{"stage", "live"}, {"operator", "a&b"}};
  const auto page = drawn.html();
  CHECK_THAT(page, ContainsSubstring(
                       "v1/records?format=csv&amp;limit=10000&amp;stage=live&amp;operator=a%26b"));
}

TEST_CASE("a redacted record keeps its row") {
  Drawn drawn;
  drawn.log.add_line(R"({"stub":1,"seq":0,"leaf":")" + std::string(64, 'a') +
                     R"(","by":7,"pad":""})");
  CHECK_THAT(drawn.html(), ContainsSubstring("redacted by record 7"));
}
