#include "common/audit/record/stub.hpp"
#include "plugins/audit-writer/query/record.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

TEST_CASE("a record of a later version is not answered around") {
  const auto later = parse_record({9, R"({"v":2,"seq":9,"type":"promotion"})"});
  REQUIRE_FALSE(later);
  CHECK(later.error().kind == Failure::Kind::unknown);
  CHECK_THAT(later.error().message, ContainsSubstring("record 9 has v:2; this program knows v:1"));
}

TEST_CASE("a line that is no record ends the query with its number") {
  tests::Lines lines;
  lines.deploy("2026-11-24T12:00:00.000Z", "live", "abc").raw("garbage");
  int seen = 0;
  const auto visited = each_record(lines, 0, [&](const Record&) {
    ++seen;
    return audit::Next::go_on;
  });
  REQUIRE_FALSE(visited);
  CHECK(seen == 1);
  CHECK_THAT(visited.error().message, ContainsSubstring("record 1 is no JSON"));
}

TEST_CASE("a redacted record says which record tells why") {
  const std::string stub = audit::show(audit::Stub{.seq = 4, .leaf = {}, .by = 7}, 400);
  const auto record = parse_record({4, stub});
  REQUIRE(record);
  CHECK(record->redacted_by == 7U);
  CHECK(record->text("image_tag").empty());
}

TEST_CASE("broken glass is recognised wherever it shows") {
  const auto is_glass = [](const char* members) {
    return parse_record({0, text::cat("{\"v\":1,", members, "}")})->is_break_glass();
  };
  CHECK(is_glass(R"("type":"break_glass","event":"grant","break_glass":{})"));
  CHECK(is_glass(R"("type":"promotion","event":"succeeded","break_glass":{"grant":"X"})"));
  CHECK(is_glass(R"("type":"gate","event":"overridden")"));
  CHECK_FALSE(is_glass(R"("type":"gate","event":"passed")"));
}
