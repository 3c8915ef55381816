#include "plugins/audit-writer/query/where.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

TEST_CASE("a tag is where it was deployed until another one was") {
  tests::Lines lines;
  lines.deploy("2026-11-24T08:00:00.000Z", "beta", "one")
      .deploy("2026-11-24T09:00:00.000Z", "live", "one")
      .deploy("2026-11-24T09:30:00.000Z", "beta", "one")  // once more: the same stay
      .deploy("2026-11-24T10:00:00.000Z", "beta", "two")
      .add("2026-11-24T10:30:00.000Z",
           R"("type":"promotion","event":"blocked","target_stage":"paper","image_tag":"one")")
      .deploy("2026-11-24T11:00:00.000Z", "beta", "one");
  const auto found = find_tag(lines, "one").value();
  REQUIRE(found.stays.size() == 3);
  CHECK(found.stays[0].stage == "beta");
  REQUIRE(found.stays[0].replaced_by);
  CHECK(found.stays[0].replaced_by->seq == 3);
  CHECK(found.stays[1].stage == "live");
  CHECK_FALSE(found.stays[1].replaced_by);
  CHECK(found.stays[2].promotion.seq == 5);
  CHECK_FALSE(found.stays[2].replaced_by);
  REQUIRE(found.attempts.size() == 1);
  CHECK(found.attempts[0].text("target_stage") == "paper");
}

TEST_CASE("a tag that nobody promoted is nowhere") {
  tests::Lines lines;
  lines.deploy("2026-11-24T08:00:00.000Z", "beta", "one", R"({"notes":"\"image_tag\":\"other\""})");
  const auto found = find_tag(lines, "other").value();
  CHECK(found.stays.empty());
  CHECK(found.attempts.empty());
}

TEST_CASE("a tag is found by its first 7 characters") {
  tests::Lines lines;
  lines.deploy("2026-11-24T08:00:00.000Z", "beta", "3f2a91c0b1c2");
  CHECK(find_tag(lines, "3f2a91c").value().stays.size() == 1);
  CHECK(find_tag(lines, "3f2a91").value().stays.empty());
}
