#include "plugins/audit-writer/query/filter.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const std::string kLine =
    R"({"v":1,"seq":3,"prev":"","ts":"2026-11-24T12:00:00.000Z","type":"promotion",)"
    R"("event":"succeeded","operator":{"name":"ann"},"approver":{"name":"bob"},)"
    R"("project":"stonks","source_stage":"paper","target_stage":"live",)"
    R"("image_tag":"3f2a91c0b1","source":{"system":"kargo","promotion":"stonks.live.01"}})";

Record record() {
  return parse_record({3, kLine}).value();
}

audit::Stamp stamp(const char* text) {
  return audit::parse_stamp(text).value();
}

}  // namespace

TEST_CASE("every condition of a filter has to hold") {
  CHECK(matches({}, record()));
  CHECK(matches({.stage = "live", .operator_name = "ann", .tag = "3f2a91c0b1"}, record()));
  CHECK_FALSE(matches({.stage = "live", .operator_name = "eve"}, record()));
  CHECK_FALSE(matches({.stage = "paper"}, record()));
  CHECK(matches({.operator_name = "bob"}, record()));
  CHECK(matches({.type = "promotion"}, record()));
  CHECK(matches({.type = "promotion.succeeded"}, record()));
  CHECK_FALSE(matches({.type = "promotion.failed"}, record()));
  CHECK(matches({.project = "stonks", .promotion = "stonks.live.01"}, record()));
  CHECK_FALSE(matches({.promotion = "stonks.live.0"}, record()));
  CHECK_FALSE(matches({.break_glass = true}, record()));
}

TEST_CASE("since is inclusive and until is not") {
  const auto noon = stamp("2026-11-24T12:00:00.000Z");
  const auto later = stamp("2026-11-24T12:00:00.001Z");
  CHECK(matches({.since = noon}, record()));
  CHECK_FALSE(matches({.since = later}, record()));
  CHECK(matches({.until = later}, record()));
  CHECK_FALSE(matches({.until = noon}, record()));
}

TEST_CASE("a tag is known by its first 7 characters, not by fewer") {
  CHECK(matches({.tag = "3f2a91c"}, record()));
  CHECK_FALSE(matches({.tag = "3f2a91"}, record()));
  CHECK_FALSE(matches({.tag = "3f2a91c0b12"}, record()));
}

TEST_CASE("a filter's needle is in the bytes of every record that matches") {
  const Filter filters[] = {{.stage = "live"},
                            {.operator_name = "ann"},
                            {.operator_name = "bob"},
                            {.tag = "3f2a91c"},
                            {.type = "promotion"},
                            {.type = "promotion.succeeded"},
                            {.promotion = "stonks.live.01"}};
  for (const auto& filter : filters) {
    const auto needle = needle_of(filter);
    CHECK_FALSE(needle.empty());
    CHECK(matches(filter, record()));
    CHECK(kLine.find(needle) != std::string::npos);
  }
}

TEST_CASE("what a record may have escaped is found by parsing") {
  CHECK(needle_of({.operator_name = "caf\xc3\xa9"}).empty());
  CHECK(needle_of({.operator_name = "a\"b"}).empty());
  CHECK(needle_of({}).empty());
}
