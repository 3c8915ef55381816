#include <string>

#include "plugins/gitea-mirror/plan/foreign.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

const PlanSettings kAll{.selection = *Selection::make({}, {})};

// b was at 12 on the target, which the source does not know; c at 3, which is a tip of it.
const Snapshot kSource = snapshot({{"refs/heads/a", oid(1)},
                                   {"refs/heads/b", oid(2)},
                                   {"refs/heads/c", oid(4)},
                                   {"refs/heads/d", oid(3)},
                                   {"refs/heads/new", oid(5)}});
const Snapshot kTarget = snapshot({{"refs/heads/a", oid(11)},
                                   {"refs/heads/b", oid(12)},
                                   {"refs/heads/c", oid(3)},
                                   {"refs/heads/gone", oid(13)},
                                   {"refs/heads/new/x", oid(14)}});

Plan plan() {
  return *Plan::make(kSource, kTarget, kAll);
}

OidList list(std::initializer_list<int> numbers) {
  OidList oids;
  for (const int number : numbers) oids.add(oid(number));
  oids.sort();
  return oids;
}

}  // namespace

TEST_CASE("only what would be lost and is no tip of the source is asked about") {
  const OidList asked = doubtful(plan());
  REQUIRE(asked.size() == 4);
  for (const int number : {11, 12, 13, 14}) CHECK(asked.contains(oid(number)));
}

TEST_CASE("what the source does not know is foreign") {
  const auto foreign = foreign_refs(plan(), list({11, 14}));
  REQUIRE(foreign.size() == 2);
  CHECK(foreign[0].name == "refs/heads/b");
  CHECK(foreign[0].oid == oid(12));
  CHECK_FALSE(foreign[0].deleted);
  CHECK(foreign[1].name == "refs/heads/gone");
  CHECK(foreign[1].deleted);
  CHECK(foreign_refs(plan(), list({11, 12, 13, 14})).empty());
}

TEST_CASE("foreign commits are overwritten, kept, or stop everything") {
  const auto foreign = foreign_refs(plan(), list({11}));
  Plan overwritten = plan();
  REQUIRE(apply(OnForeign::overwrite, foreign, overwritten));
  CHECK(overwritten.updates.size() == plan().updates.size());

  Plan kept = plan();
  REQUIRE(apply(OnForeign::keep, foreign, kept));
  std::string left;
  for (const Change& change : kept.updates) left += std::string(kept.update(change).name) + " ";
  CHECK(left == "refs/heads/a refs/heads/c refs/heads/d refs/heads/new ");
  CHECK(kept.deletions.empty());
  CHECK(kept.clearing.empty());

  Plan stopped = plan();
  const auto applied = apply(OnForeign::fail, foreign, stopped);
  REQUIRE_FALSE(applied);
  CHECK(applied.error().kind == Failure::Kind::conflict);
  CHECK_THAT(applied.error().message, ContainsSubstring("deleted and pruned"));
  CHECK_THAT(applied.error().message, ContainsSubstring("and other refs"));
  CHECK(apply(OnForeign::fail, {}, stopped));
}

TEST_CASE("the policies are called what the settings call them") {
  CHECK(on_foreign_of("keep") == OnForeign::keep);
  CHECK(on_foreign_of("fail") == OnForeign::fail);
  CHECK(on_foreign_of("overwrite") == OnForeign::overwrite);
  CHECK_FALSE(on_foreign_of("Keep"));
}
