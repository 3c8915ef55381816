// Records for spreadsheets.
#include "plugins/audit-writer/export/csv.hpp"
#include "plugins/audit-writer/export/export.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

std::string csv_of(const RecordSource& source, const Filter& filter = {}) {
  std::string out;
  const auto done =
      export_records(source, filter, Format::csv, "example.com/log", [&](std::string_view bytes) {
        out += bytes;
        return Result<>();
      });
  REQUIRE(done);
  return out;
}

}  // namespace

TEST_CASE("a table begins with the six fields that every audit asks for") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "3f2a91c", "2026-11-21T06:30:00.123Z",
                    R"({"notes": "all green, \"really\""})");
  const std::string csv = csv_of(log);
  CHECK(csv.starts_with("seq,ts,operator,source_stage,target_stage,image_tag,notes,event,"));
  CHECK_THAT(csv, ContainsSubstring("\r\n0,2026-11-21T06:30:00.123Z,celes,paper,live,3f2a91c,"
                                    "\"all green, \"\"really\"\"\",promotion.succeeded,success,"));
  CHECK(csv.ends_with("\r\n"));
}

TEST_CASE("no cell is taken for a formula") {
  for (const std::string start : {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
    CHECK(csv_cell(start + "cmd|' /C calc'!A0") == "'" + start + "cmd|' /C calc'!A0");
  }
  CHECK(csv_cell("\t=1") == "'\t=1");
  CHECK(csv_cell("\r=1") == "'\\u000d=1");
  CHECK(csv_cell(std::string("\0=1", 3)) == "'\\u0000=1");
  CHECK(csv_cell("3f2a91c = old") == "3f2a91c = old");
}

TEST_CASE("a cell shows what would rewrite a terminal or turn the text around") {
  CHECK(csv_cell("\x1b[2Jevil") == "\\u001b[2Jevil");
  CHECK(csv_cell("live\u202Eevil") == "live\\u202eevil");
  CHECK(csv_cell("two\nlines") == "two\nlines");
  CHECK(csv_cell("caf\u00e9 \u05d0") == "caf\u00e9 \u05d0");
  CHECK(csv_cell("\xff") == "\uFFFD");
}

TEST_CASE("a table holds only what was asked for") {
  RecordLines log;
  log.add_promotion("succeeded", "paper", "aaaaaaa", "2026-11-21T06:30:00Z");
  log.add_promotion("succeeded", "live", "bbbbbbb", "2026-11-21T06:30:00Z");
  const std::string csv = csv_of(log, {.stage = "live"});
  CHECK(csv.find("aaaaaaa") == std::string::npos);
  CHECK_THAT(csv, ContainsSubstring("bbbbbbb"));
}

TEST_CASE("a redacted record keeps its row and says by which record it was redacted") {
  RecordLines log;
  log.add_line(R"({"stub":1,"seq":0,"leaf":")" + std::string(64, 'a') + R"(","by":7,"pad":""})");
  CHECK_THAT(csv_of(log), ContainsSubstring("redacted by record 7"));
}

TEST_CASE("a sink that fails ends the export with its failure") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "bbbbbbb", "2026-11-21T06:30:00Z");
  const auto done =
      export_records(log, {}, Format::jsonl, "example.com/log",
                     [](std::string_view) -> Result<> { return unknown("disk full"); });
  REQUIRE_FALSE(done);
  CHECK(done.error().message == "disk full");
}

TEST_CASE("a record of a later version ends the export: an incomplete one would be wrong") {
  RecordLines log;
  log.add(R"({"v": 2, "type": "promotion", "event": "succeeded"})");
  CHECK_FALSE(
      export_records(log, {}, Format::csv, "o", [](std::string_view) { return Result<>(); }));
}
