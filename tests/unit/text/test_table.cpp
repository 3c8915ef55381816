#include "common/text/table.hpp"
#include "tests/catch.hpp"

using namespace stagegate;

TEST_CASE("columns are as wide as their widest cell, counted in characters") {
  text::Table table({"day", "session"});
  table.row({"żółty", "a"});
  table.row({"x", "b", "extra"});
  table.row({"y"});
  CHECK(table.text() ==
        "day    session\n"
        "żółty  a\n"
        "x      b        extra\n"
        "y\n");
}

TEST_CASE("cells with commas, quotes or line breaks are quoted in CSV, and short rows filled") {
  text::Table table({"a", "b"});
  table.row({"1,2", "say \"hi\""});
  table.row({"line\nbreak"});
  CHECK(table.csv() == "a,b\r\n\"1,2\",\"say \"\"hi\"\"\"\r\n\"line\nbreak\",\r\n");
}
