#include "common/audit/log/layout.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit;

TEST_CASE("segments and slots are named by their first record, with ten digits") {
  const Layout log{"/log"};
  CHECK(log.segment(0) == "/log/records/0000000000.jsonl");
  CHECK(log.segment(1) == "/log/records/0000065536.jsonl");
  CHECK(log.segment(200'000) == "/log/records/13107200000.jsonl");
  CHECK(log.slot(41) == "/log/tail/0000000041");
}

TEST_CASE("tiles are named as C2SP names them") {
  const Layout log{"/log"};
  CHECK(log.tile(0, 0) == "/log/tile/0/000");
  CHECK(log.tile(0, 999) == "/log/tile/0/999");
  CHECK(log.tile(0, 1'234) == "/log/tile/0/x001/234");
  CHECK(log.tile(1, 1'234'067) == "/log/tile/1/x001/x234/067");
  CHECK(log.tile(2, 1'000'000) == "/log/tile/2/x001/x000/000");
}

TEST_CASE("log.json is read back as it was written") {
  const About about{"stagegate.example/audit", "stagegate.example/audit+00000000+AAAA"};
  CHECK(show(about) == R"({"format":"stagegate-audit/1","origin":"stagegate.example/audit",)"
                       R"("vkey":"stagegate.example/audit+00000000+AAAA","segment_bits":16})"
                       "\n");
  const auto read = parse_about(show(about));
  REQUIRE(read);
  CHECK(read->origin == about.origin);
  CHECK(read->vkey == about.vkey);
}

TEST_CASE(
    "a log.json that is damaged, or of a format that is not known, is refused with the reason") {
  const auto kind = [](std::string_view json) { return parse_about(json).error().kind; };
  CHECK(kind("") == Failure::Kind::conflict);
  CHECK(kind(R"({"format":"stagegate-audit/1","origin":"a","segment_bits":16})") ==
        Failure::Kind::conflict);
  CHECK(kind(R"({"format":"stagegate-audit/2","origin":"a","vkey":"b","segment_bits":16})") ==
        Failure::Kind::unknown);
  CHECK(kind(R"({"format":"stagegate-audit/1","origin":"a","vkey":"b","segment_bits":8})") ==
        Failure::Kind::unknown);
}

TEST_CASE("where there is no log, the first guess is that the volume is not mounted") {
  const auto about = read_about({"/nonexistent/audit"});
  REQUIRE_FALSE(about);
  CHECK(about.error().kind == Failure::Kind::unknown);
  CHECK_THAT(about.error().message, ContainsSubstring("/nonexistent/audit"));
  CHECK_THAT(about.error().message, ContainsSubstring("is the volume mounted?"));
}
