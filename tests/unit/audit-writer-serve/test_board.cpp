// What runs where, record by record.
#include "plugins/audit-writer/serve/board.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

Board board_of(const RecordLines& log, const std::vector<std::string>& stages = {"paper", "live"}) {
  Board board(stages);
  REQUIRE(each_record(log, 0, [&](const Record& record) {
    board.take(record);
    return audit::Next::go_on;
  }));
  return board;
}

constexpr auto* kGrant = "01JD0000000000000000GRANT0";

void add_glass(RecordLines& log, const std::string& event, const std::string& more = "") {
  log.add(R"({"type": "break_glass", "event": ")" + event + R"(", "id": ")" +
          (event == "grant" ? kGrant : "01JD0000000000000000XXXXXX") +
          R"(", "operator": {"name": "ann", "kind": "human"}, "break_glass": {"grant": ")" +
          kGrant +
          R"(", "justification": "broker is down", "max_uses": 1,
             "scope": {"gate": "market-hours", "target_stage": "live", "image_tag": "bbbbbbb"},
             "not_before": "2026-11-20T12:00:00.000Z",
             "expires_at": "2026-11-20T13:00:00.000Z")" +
          more + "}}");
}

const audit::Stamp kDuring = *audit::parse_stamp("2026-11-20T12:30:00.000Z");
const audit::Stamp kAfter = *audit::parse_stamp("2026-11-20T13:30:00.000Z");

}  // namespace

TEST_CASE("stages are shown in the order that was asked for, with or without records") {
  RecordLines log;
  log.add_promotion("succeeded", "beta", "aaaaaaa", "2026-11-20T12:00:00.000Z");
  std::vector<std::string> names;
  const Board board = board_of(log);
  for (const auto& stage : board.stages()) names.push_back(stage.name);
  CHECK(names == std::vector<std::string>{"paper", "live", "beta"});
  CHECK_FALSE(board.stages()[0].current);
}

TEST_CASE("a stage runs what was promoted to it last, and knows what is on its way") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", "2026-11-20T12:00:00.000Z");
  log.add_promotion("requested", "live", "bbbbbbb", "2026-11-20T13:00:00.000Z");
  Board board = board_of(log);
  CHECK(board.stages()[1].current->image_tag == "aaaaaaa");
  CHECK(board.stages()[1].latest->event == "promotion.requested");
  log.add_promotion("succeeded", "live", "bbbbbbb", "2026-11-20T13:05:00.000Z");
  board = board_of(log);
  CHECK(board.stages()[1].current->image_tag == "bbbbbbb");
  CHECK_FALSE(board.stages()[1].latest);
}

TEST_CASE("a stage that was disabled is so until it is enabled") {
  RecordLines log;
  log.add(R"({"type": "stage_control", "event": "disabled", "target_stage": "live"})");
  CHECK_FALSE(board_of(log).stages()[1].enabled);
  log.add(R"({"type": "stage_control", "event": "enabled", "target_stage": "live"})");
  CHECK(board_of(log).stages()[1].enabled);
}

TEST_CASE("a grant needs eyes while it can be used, and after its use until it is reviewed") {
  RecordLines log;
  add_glass(log, "grant");
  CHECK(board_of(log).grants(kDuring).size() == 1);
  CHECK(board_of(log).grants(kAfter).empty());
  add_glass(log, "consume", R"(, "grant_seq": 0, "consumer": "live.1")");
  REQUIRE(board_of(log).grants(kAfter).size() == 1);
  CHECK(board_of(log).grants(kAfter)[0].open_review());
  add_glass(log, "review");
  CHECK(board_of(log).grants(kAfter).empty());
}

TEST_CASE("only addresses that a browser may follow become links") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "aaaaaaa", "2026-11-20T12:00:00.000Z",
                    R"x({"source": {"system": "cli", "url": "javascript:alert(1)"}})x");
  CHECK(board_of(log).stages()[1].current->url.empty());
}

TEST_CASE("a log that names ever new stages does not make the board grow for ever") {
  RecordLines log;
  for (int i = 0; i < 200; ++i) {
    log.add_promotion("succeeded", "s" + std::to_string(i), "aaaaaaa", "2026-11-20T12:00:00.000Z");
  }
  CHECK(board_of(log).stages().size() == 64);
}
