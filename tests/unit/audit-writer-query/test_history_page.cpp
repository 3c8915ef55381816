#include "plugins/audit-writer/query/history_page.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

TEST_CASE("what somebody wrote into a record is text on the page") {
  tests::Lines lines;
  lines.add("2026-11-24T12:00:00.000Z",
            R"("type":"promotion","event":"succeeded","operator":{"name":"<script>x</script>"},)"
            R"("notes":"<img src=x onerror=y>","break_glass":{"justification":"\"><b>"})");
  const std::string row = history_page_row(parse_record({0, lines.line(0).value()}).value());
  CHECK(row.find("<script") == std::string::npos);
  CHECK(row.find("<img") == std::string::npos);
  CHECK(row.find("<b>") == std::string::npos);
  CHECK_THAT(row, ContainsSubstring("break-glass"));
}

TEST_CASE("a page names the head of the log that it shows") {
  const std::string foot = history_page_foot({.origin = "example.com/a", .size = 3, .root = {}});
  CHECK_THAT(foot, ContainsSubstring("example.com/a, 3 records, root AAAA"));
}
