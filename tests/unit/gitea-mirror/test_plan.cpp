#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "plugins/gitea-mirror/plan/plan.hpp"
#include "tests/catch.hpp"
#include "tests/unit/gitea-mirror/pkts.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

PlanSettings settings() {
  return {.selection = *Selection::make({}, {})};
}

std::string shown(const Plan& plan, const std::vector<Change>& changes) {
  std::string out;
  for (const Change& change : changes) {
    const RefUpdate update = plan.update(change);
    out += update.creates() ? '+' : update.deletes() ? '-' : '=';
    out += std::string(update.name.substr(5)) + " ";
  }
  return out;
}

std::string trouble(const Snapshot& source, const Snapshot& target,
                    const PlanSettings& given = settings()) {
  const auto plan = Plan::make(source, target, given);
  if (plan) return "fine";
  CHECK(plan.error().kind == Failure::Kind::conflict);
  return plan.error().message;
}

}  // namespace

TEST_CASE("what differs is created, updated or deleted, and nothing else is touched") {
  const Snapshot source = snapshot({{"refs/heads/main", oid(1)},
                                    {"refs/heads/new", oid(2)},
                                    {"refs/heads/same", oid(3)},
                                    {"refs/tags/v1", oid(4)}});
  const Snapshot target = snapshot({{"refs/heads/main", oid(9)},
                                    {"refs/heads/old", oid(8)},
                                    {"refs/heads/same", oid(3)},
                                    {"refs/notes/x", oid(7)}});
  const auto plan = Plan::make(source, target, settings());
  REQUIRE(plan);
  CHECK(shown(*plan, plan->updates) == "=heads/main +heads/new +tags/v1 ");
  CHECK(shown(*plan, plan->deletions) == "-heads/old ");
  CHECK(plan->clearing.empty());
  CHECK(plan->in_sync == 1);
  const RefUpdate update = plan->update(plan->updates[0]);
  CHECK(update.old_id == oid(9));
  CHECK(update.new_id == oid(1));
  CHECK(plan->update(plan->deletions[0]).old_id == oid(8));
}

TEST_CASE("equal sides have an empty plan") {
  const Snapshot side = snapshot({{"refs/heads/main", oid(1)}});
  const auto plan = Plan::make(side, side, settings());
  REQUIRE(plan);
  CHECK(plan->empty());
  CHECK(plan->in_sync == 1);
  CHECK(Plan::make(kept({}), kept({}), settings())->empty());
}

TEST_CASE("trap 22: the branch of the source's HEAD goes first and deletions last") {
  const Snapshot source = snapshot({{"refs/heads/a", oid(1)},
                                    {"refs/heads/b", oid(2)},
                                    {"refs/heads/trunk", oid(3)},
                                    {"refs/tags/v1", oid(4)}},
                                   "refs/heads/trunk");
  const Snapshot target = snapshot({{"refs/heads/0", oid(8)}});
  const auto plan = Plan::make(source, target, settings());
  REQUIRE(plan);
  CHECK(shown(*plan, plan->updates) == "+heads/trunk +heads/a +heads/b +tags/v1 ");
  CHECK(shown(*plan, plan->deletions) == "-heads/0 ");
}

TEST_CASE("trap 22: the target's default branch is not deleted unawares") {
  PlanSettings given = settings();
  given.target_head = "refs/heads/master";
  const auto plan =
      Plan::make(kept({{"refs/heads/main", oid(1)}}), kept({{"refs/heads/master", oid(1)}}), given);
  REQUIRE(plan);
  CHECK(plan->deletes_target_head);
  given.target_head = "refs/heads/main";
  CHECK_FALSE(
      Plan::make(kept({{"refs/heads/main", oid(1)}}), kept({{"refs/heads/master", oid(1)}}), given)
          ->deletes_target_head);
}

TEST_CASE("a branch that is in the way of another one goes before it") {
  const Snapshot source = snapshot(
      {{"refs/heads/a/b/c", oid(1)}, {"refs/heads/main", oid(2)}, {"refs/heads/x", oid(3)}});
  const Snapshot target = snapshot({{"refs/heads/a", oid(4)},
                                    {"refs/heads/a-b", oid(4)},
                                    {"refs/heads/main", oid(2)},
                                    {"refs/heads/x/1", oid(5)},
                                    {"refs/heads/x/2", oid(5)}});
  const auto plan = Plan::make(source, target, settings());
  REQUIRE(plan);
  CHECK(shown(*plan, plan->clearing) == "-heads/a -heads/x/1 -heads/x/2 ");
  CHECK(shown(*plan, plan->updates) == "+heads/a/b/c +heads/x ");
  CHECK(shown(*plan, plan->deletions) == "-heads/a-b ");
  CHECK(plan->deletion_count() == 4);
}

TEST_CASE("without prune the target keeps what the source has not") {
  PlanSettings given = settings();
  given.prune = false;
  given.max_delete = 0;
  const auto plan =
      Plan::make(kept({{"refs/heads/main", oid(1)}}), kept({{"refs/heads/old", oid(1)}}), given);
  REQUIRE(plan);
  CHECK(plan->deletion_count() == 0);
  CHECK(plan->unpruned == 1);
  CHECK(plan->updates.size() == 1);
}

TEST_CASE("more deletions than max_delete stop everything") {
  const Snapshot source = snapshot({{"refs/heads/main", oid(1)}});
  const Snapshot target =
      snapshot({{"refs/heads/a", oid(1)}, {"refs/heads/b", oid(1)}, {"refs/heads/main/x", oid(1)}});
  PlanSettings given = settings();
  given.max_delete = 3;
  CHECK(trouble(source, target, given) == "fine");
  given.max_delete = 2;
  CHECK(trouble(source, target, given) ==
        "3 refs would be deleted on the target (refs/heads/a, ...), and max_delete is 2; nothing "
        "was sent");
}

TEST_CASE("a source without refs never empties the target") {
  const Snapshot full = snapshot({{"refs/heads/main", oid(1)}});
  CHECK_THAT(trouble(kept({}), full), ContainsSubstring("neither branches nor tags"));
  PlanSettings given = settings();
  given.prune = false;
  CHECK_THAT(trouble(kept({}), full, given), ContainsSubstring("neither branches nor tags"));
  CHECK(trouble(kept({}), kept({})) == "fine");
  CHECK(trouble(full, kept({})) == "fine");
  // Version 0 does not tell an empty repository's format.
  CHECK(trouble(kept({}), kept({}, "", HashFormat::sha256)) == "fine");
  given = {.selection = *Selection::make({"release/*"}, {})};
  CHECK_THAT(trouble(full, kept({{"refs/heads/release/1", oid(1)}}), given),
             ContainsSubstring("none of the selected refs"));
}

TEST_CASE("trap 3: a shallow source is not mirrored, and neither are two formats") {
  Snapshot shallow = snapshot({{"refs/heads/main", oid(1)}});
  shallow.shallow = true;
  CHECK_THAT(trouble(shallow, kept({})), ContainsSubstring("shallow"));
  CHECK_THAT(trouble(kept({{"refs/heads/main", oid(1)}}), kept({}, "", HashFormat::sha256)),
             ContainsSubstring("object ids of sha1 and the target of sha256"));
}

TEST_CASE("what is not selected is neither created nor deleted") {
  PlanSettings given{.selection = *Selection::make({}, {"tmp/**"})};
  const auto plan = Plan::make(
      kept(
          {{"refs/heads/main", oid(1)}, {"refs/heads/tmp/a", oid(2)}, {"refs/heads/HEAD", oid(2)}}),
      kept({{"refs/heads/main", oid(1)},
            {"refs/heads/tmp/b", oid(3)},
            {"refs/pull/1/head", oid(3)}}),
      given);
  REQUIRE(plan);
  CHECK(plan->empty());
}

TEST_CASE("trap 19: a pinned branch is mirrored at its commit, whatever its tip is") {
  const Snapshot source = snapshot({{"refs/heads/dev", oid(5)}, {"refs/heads/main", oid(9)}});
  PlanSettings given = settings();
  given.pins = {{"refs/heads/main", oid(7)}};
  const auto plan = Plan::make(source, kept({{"refs/heads/main", oid(6)}}), given);
  REQUIRE(plan);
  CHECK(plan->wants_past_tips);
  CHECK(plan->update(plan->updates[0]).name == "refs/heads/main");
  CHECK(plan->update(plan->updates[0]).new_id == oid(7));
  CHECK(plan->update(plan->updates[1]).new_id == oid(5));
  // It is there already.
  CHECK(Plan::make(source, kept({{"refs/heads/dev", oid(5)}, {"refs/heads/main", oid(7)}}), given)
            ->empty());
  given.pins = {{"refs/heads/main", oid(9)}};
  CHECK_FALSE(Plan::make(source, kept({}), given)->wants_past_tips);
}

TEST_CASE("a pin of a branch that the source does not have is idle") {
  PlanSettings given{.selection = *Selection::make({"main"}, {}),
                     .pins = {{"refs/heads/gone", oid(7)}, {"refs/heads/dev", oid(7)}}};
  const auto plan =
      Plan::make(kept({{"refs/heads/dev", oid(1)}, {"refs/heads/main", oid(1)}}), kept({}), given);
  REQUIRE(plan);
  CHECK(plan->idle_pins == std::vector<std::string>{"refs/heads/gone", "refs/heads/dev"});
  CHECK(shown(*plan, plan->updates) == "+heads/main ");
}

TEST_CASE("a pin that can be none is refused") {
  const Snapshot source = snapshot({{"refs/heads/main", oid(1)}});
  PlanSettings given = settings();
  for (const auto& pins :
       {std::vector<Pin>{{"refs/heads/main", oid('a', 64)}},
        std::vector<Pin>{{"refs/heads/main", oid('0')}},
        std::vector<Pin>{{"refs/heads/main", oid(1)}, {"refs/heads/main", oid(2)}}}) {
    given.pins = pins;
    const auto plan = Plan::make(source, kept({}), given);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind == Failure::Kind::usage);
  }
}

// Whatever is on either side: after the three pushes in their order, by git's rules (compare and
// swap, no ref below another one), the target has what the source has.
TEST_CASE("trap 17: every plan makes the target what the source is, step by step") {
  std::mt19937 random(3);
  const std::vector<std::string> names{"refs/heads/a",   "refs/heads/a/b", "refs/heads/a/b/c",
                                       "refs/heads/a-b", "refs/heads/b",   "refs/heads/main",
                                       "refs/tags/a",    "refs/tags/a/b"};
  const auto fits = [](const std::map<std::string, Oid>& refs, const std::string& name) {
    for (const auto& [other, at] : refs) {
      if (name.substr(0, other.size() + 1) == other + "/") return false;
      if (other.substr(0, name.size() + 1) == name + "/") return false;
    }
    return true;
  };
  for (int round = 0; round < 3'000; ++round) {
    std::map<std::string, Oid> source;
    std::map<std::string, Oid> target;
    for (const std::string& name : names) {
      if (random() % 2 == 0 && fits(source, name))
        source[name] = oid(static_cast<int>(1 + random() % 3));
      if (random() % 2 == 0 && fits(target, name))
        target[name] = oid(static_cast<int>(1 + random() % 3));
    }
    if (source.empty()) continue;
    std::vector<At> source_refs;
    for (const auto& [name, at] : source) source_refs.push_back({name, at});
    std::vector<At> target_refs;
    for (const auto& [name, at] : target) target_refs.push_back({name, at});
    const Snapshot ours = snapshot(source_refs);
    const Snapshot theirs = snapshot(target_refs);
    const auto plan = Plan::make(ours, theirs, settings());
    REQUIRE(plan);
    for (const auto* changes : {&plan->clearing, &plan->updates, &plan->deletions}) {
      for (const Change& change : *changes) {
        const RefUpdate update = plan->update(change);
        const std::string name(update.name);
        const auto at = target.find(name);
        REQUIRE((at == target.end() ? oid('0') : at->second) == update.old_id);
        if (update.deletes()) {
          target.erase(name);
        } else {
          REQUIRE((at != target.end() || fits(target, name)));
          target[name] = update.new_id;
        }
      }
    }
    REQUIRE(target == source);
  }
}
