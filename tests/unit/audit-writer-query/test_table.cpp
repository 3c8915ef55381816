#include "plugins/audit-writer/query/table.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

Record record(const std::string& members) {
  tests::Lines lines;
  lines.add("2026-11-24T12:00:00.123Z", members);
  return parse_record({0, lines.line(0).value()}).value();
}

}  // namespace

TEST_CASE("a row shows every field of requirement 15.1") {
  const Row row = row_of(record(
      R"("type":"promotion","event":"succeeded","operator":{"name":"ann"},"source_stage":"paper",)"
      R"("target_stage":"live","image_tag":"3f2a91c0b1c2d3e4f5061728394a5b6c7d8e9f00",)"
      R"("outcome":"success","notes":"one\ntwo")"));
  CHECK(row == Row{"0", "2026-11-24T12:00:00Z", "promotion.succeeded", "paper", "live",
                   "3f2a91c0b1c2", "ann", "success", "one two"});
}

TEST_CASE("nothing in a row can fool a terminal") {
  const Row row =
      row_of(record(R"("type":"promotion","event":"succeeded","operator":{"name":"a\u001b[2Jb"},)"
                    R"("notes":"\u202eevil")"));
  for (const auto& cell : row) {
    CHECK(cell.find('\x1b') == std::string::npos);
    CHECK(cell.find("\u202e") == std::string::npos);
  }
}

TEST_CASE("broken glass is marked, and its justification told") {
  const Row row = row_of(record(
      R"("type":"promotion","event":"succeeded","break_glass":{"justification":"prices are wrong"})"));
  CHECK(row.back() == "[BREAK-GLASS] prices are wrong");
}

TEST_CASE("long notes are cut between characters") {
  std::string notes;
  for (int i = 0; i < 100; ++i) notes += "\u00e9";
  const std::string cell =
      row_of(record(R"("type":"log","event":"init","notes":")" + notes + "\"")).back();
  CHECK(cell.size() == 72 * 2 + 3);
  CHECK(cell.ends_with("\u2026"));
}

TEST_CASE("columns are as wide as their widest cell, in characters") {
  Columns columns;
  const Row row{"1", "t", "e", "f", "s", "\u00e9\u00e9\u00e9\u00e9", "o", "x", "n"};
  columns.learn(row);
  const std::string head = columns.line(head_row());
  const std::string line = columns.line(row);
  CHECK(head.find("operator") + 4 == line.find("o  "));  // four bytes more, for four characters
  CHECK(line.ends_with("n\n"));
}

TEST_CASE("Markdown that somebody wrote into a record stays text") {
  const std::string line = markdown_row({"1", "", "", "", "", "", "a|b", "", "[x](y) <b>"});
  CHECK(line == "| 1 |  |  |  |  |  | a\\|b |  | \\[x\\](y) \\<b\\> |\n");
}
