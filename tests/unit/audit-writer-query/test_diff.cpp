#include "plugins/audit-writer/query/diff.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

StageState running(const std::string& name, const std::string& tag, const std::string& images) {
  tests::Lines lines;
  lines.deploy("2026-11-24T08:00:00.000Z", name, tag, R"({"images":[)" + images + "]}");
  return read_stages(lines, std::nullopt).value().front();
}

}  // namespace

TEST_CASE("two stages differ in tag and in the digest of each image") {
  const auto left =
      running("paper", "one", R"({"name":"a","digest":"x"},{"name":"b","digest":"y"})");
  const auto right =
      running("live", "two", R"({"name":"a","digest":"z"},{"name":"c","digest":"w"})");
  CHECK(diff_stages(left, right) ==
        std::vector<Difference>{
            {"image_tag", "one", "two"}, {"a", "x", "z"}, {"b", "y", ""}, {"c", "", "w"}});
  CHECK(diff_stages(left, left).empty());
}

TEST_CASE("two moments differ in what the stages ran") {
  tests::Lines before;
  before.deploy("2026-11-24T08:00:00.000Z", "beta", "one");
  tests::Lines after = before;
  after.deploy("2026-11-24T09:00:00.000Z", "beta", "two")
      .deploy("2026-11-24T09:00:00.000Z", "live", "one");
  CHECK(diff_moments(read_stages(before, std::nullopt).value(),
                     read_stages(after, std::nullopt).value()) ==
        std::vector<Difference>{{"beta", "one", "two"}, {"live", "", "one"}});
}
