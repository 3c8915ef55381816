#include <string>

#include "plugins/gitea-mirror/plan/receipt.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

std::vector<At> many(int count) {
  std::vector<At> refs;
  for (int at = 0; at < count; ++at) {
    refs.push_back({"refs/heads/b" + std::to_string(10'000 + at), oid(1)});
  }
  return refs;
}

}  // namespace

TEST_CASE("a receipt knows every command's fate, in whichever order it is told") {
  const Snapshot source = snapshot(many(1'000), "refs/heads/b10500");
  const Snapshot target = snapshot({});
  const auto plan = Plan::make(source, target, {.selection = *Selection::make({}, {})});
  REQUIRE(plan);
  for (const bool backwards : {false, true}) {
    Receipt receipt(*plan, plan->updates);
    for (std::size_t told = 0; told < 999; ++told) {
      const std::size_t at = backwards ? 999 - told : told;
      const auto name = plan->update(plan->updates[at]).name;
      receipt.note({.name = name, .taken = at % 10 != 0, .reason = at % 10 == 0 ? "no" : ""});
    }
    CHECK(receipt.taken() == (backwards ? 900 : 899));
    REQUIRE(receipt.refused().size() == (backwards ? 99 : 100));
    CHECK(receipt.refused()[0].at % 10 == 0);
    CHECK(receipt.refused()[0].reason == "no");
    CHECK(receipt.untold() == std::vector<std::size_t>{backwards ? 0u : 999u});
    CHECK(receipt.was_taken(501));
    CHECK_FALSE(receipt.was_taken(500));
  }
}

TEST_CASE("a report about refs that were not pushed, or a second word about one, is ignored") {
  const Snapshot source = snapshot(many(3));
  const Snapshot target = snapshot({});
  const auto plan = Plan::make(source, target, {.selection = *Selection::make({}, {})});
  Receipt receipt(*plan, plan->updates);
  receipt.note({.name = "refs/heads/other", .taken = true});
  receipt.note({.name = "refs/heads/b10001", .taken = false, .reason = "no"});
  receipt.note({.name = "refs/heads/b10001", .taken = true});
  CHECK(receipt.taken() == 0);
  CHECK(receipt.refused().size() == 1);
  CHECK(receipt.untold() == std::vector<std::size_t>{0, 2});
}
