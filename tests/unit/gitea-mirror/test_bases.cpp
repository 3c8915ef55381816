#include <set>
#include <string>

#include "plugins/gitea-mirror/plan/bases.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

const PlanSettings kAll{.selection = *Selection::make({}, {}), .max_delete = 1'000'000};

std::string shown(const OidList& oids) {
  std::string out;
  for (std::size_t at = 0; at < oids.size(); ++at) {
    out += std::to_string(std::stoi(oids[at].hex())) + " ";
  }
  return out;
}

OidList list(std::initializer_list<int> numbers) {
  OidList oids;
  for (const int number : numbers) oids.add(oid(number));
  return oids;
}

}  // namespace

TEST_CASE("wanted is what is at no tip of the target, each once") {
  const Snapshot source = snapshot({{"refs/heads/a", oid(1)},
                                    {"refs/heads/b", oid(2)},
                                    {"refs/heads/c", oid(3)},
                                    {"refs/tags/v1", oid(2)},
                                    {"refs/tags/v2", oid(5)}});
  const Snapshot target = snapshot({{"refs/heads/a", oid(9)}, {"refs/heads/x", oid(3)}});
  const auto plan = Plan::make(source, target, kAll);
  REQUIRE(plan);
  CHECK(shown(bases_of(*plan, plan->updates, list({5})).wants) == "1 2 ");
}

TEST_CASE("trap 15: when the target has all objects, nothing is wanted") {
  const Snapshot source = snapshot({{"refs/heads/a", oid(1)}, {"refs/heads/b", oid(1)}});
  const Snapshot target = snapshot({{"refs/heads/a", oid(1)}});
  const auto plan = Plan::make(source, target, kAll);
  REQUIRE(plan);
  CHECK(plan->updates.size() == 1);
  CHECK(bases_of(*plan, plan->updates, OidList()).wants.empty());
}

TEST_CASE("trap 14: haves are tips of the target, the replaced values first") {
  const Snapshot source = snapshot({{"refs/heads/a", oid(1)}, {"refs/heads/main", oid(2)}});
  const Snapshot target = snapshot({{"refs/heads/a", oid(11)},
                                    {"refs/heads/b", oid(12)},
                                    {"refs/heads/main", oid(2)},
                                    {"refs/tags/v1", oid(13)},
                                    {"refs/tags/v2", oid(14)},
                                    {"refs/tags/v3", oid(12)}});
  const auto plan = Plan::make(source, target, kAll);
  REQUIRE(plan);
  CHECK(shown(bases_of(*plan, plan->updates, list({15, 11})).haves) == "11 2 12 14 13 15 ");
  CHECK(shown(bases_of(*plan, plan->updates, list({15}), 2).haves) == "11 2 12 ");
  CHECK(shown(bases_of(*plan, plan->updates, list({15}), 0).haves) == "11 ");
}

TEST_CASE("trap 12: haves are few, however many refs the target has") {
  std::vector<At> refs{{"refs/heads/main", oid(1)}};
  for (int at = 0; at < 20'000; ++at) {
    refs.push_back({"refs/tags/v" + std::to_string(100'000 + at), oid(at + 10)});
  }
  const Snapshot target = snapshot(refs);
  refs[0].oid = oid(2);
  const Snapshot source = snapshot(refs);
  const auto plan = Plan::make(source, target, kAll);
  REQUIRE(plan);
  const Bases bases = bases_of(*plan, plan->updates, OidList());
  CHECK(bases.haves.size() == 1'001);
  CHECK(bases.haves[0] == oid(1));
  CHECK(bases.haves[1] == oid(20'009));
  CHECK(shown(bases.wants) == "2 ");
}
