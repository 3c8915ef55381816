#include "plugins/registry-tag-watch/news/decide.hpp"
#include "plugins/registry-tag-watch/news/tell.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::tag_watch;
using std::chrono::hours;
using Candidates = std::vector<Candidate>;
using Tags = std::vector<std::string>;

namespace {

const std::vector<oci::Repository> kImages = {{"r.example", "team/risk"},
                                              {"r.example", "team/api"}};
const time::Instant kNow = time::parse_instant("2026-11-24T16:00:00Z").value();
const Patience kPatience{hours(24), 100};

Finding complete() {
  const oci::Descriptor manifest{"type", oci::digest_of("x"), 1};
  return {Finding::State::complete, {manifest, manifest}, {}};
}
const Finding kIncomplete{Finding::State::incomplete, {}, "not in r.example/team/risk"};
const Finding kNoImage{Finding::State::no_image, {}, "it is a chart"};
const Finding kUnanswered{};

Decision decided(Candidates candidates, std::vector<Finding> findings,
                 const Patience& patience = kPatience) {
  State known = empty_state(kImages, 1);
  known.pending = {{"of-before", kNow}};
  return decide(known, kImages, std::move(candidates), std::move(findings), kNow, patience);
}

Tags told_tags(const Told& told) {
  Tags tags;
  for (const NewTag& tag : told.tags) tags.push_back(tag.lock.tag);
  return tags;
}

}  // namespace

TEST_CASE("a complete tag is told with the bits of every image") {
  const Decision decision = decided({{"a", kNow}}, {complete()});
  REQUIRE(decision.complete.size() == 1);
  const imageset::Lock& lock = decision.complete[0].lock;
  CHECK(lock.tag == "a");
  CHECK(lock.repositories() == kImages);
  CHECK(lock.images[1].manifest.digest == oci::digest_of("x"));
  CHECK(decision.next.pending.empty());
}

TEST_CASE("what is not complete, or was not answered, is asked for again") {
  const Candidates both = {{"a", kNow - hours(1)}, {"b", kNow}};
  const Decision decision = decided(both, {kIncomplete, kUnanswered});
  CHECK(decision.complete.empty());
  CHECK(decision.forgotten.empty());
  CHECK(decision.next.pending == both);
}

TEST_CASE("what stays incomplete for too long is given up, and said so") {
  const Decision decision =
      decided({{"a", kNow - hours(24)}, {"b", kNow - hours(23)}}, {kIncomplete, kIncomplete});
  REQUIRE(decision.forgotten.size() == 1);
  CHECK(decision.forgotten[0].candidate.tag == "a");
  CHECK(decision.forgotten[0].why == "not in r.example/team/risk");
  CHECK(decision.next.pending == Candidates{{"b", kNow - hours(23)}});
}

TEST_CASE("no age gives up what is complete, or what nobody has answered for") {
  const Candidates old = {{"a", kNow - hours(1000)}, {"b", kNow - hours(1000)}};
  const Decision decision = decided(old, {complete(), kUnanswered});
  CHECK(decision.complete.size() == 1);
  CHECK(decision.forgotten.empty());
  CHECK(decision.next.pending.size() == 1);
}

TEST_CASE("of too many incomplete tags those seen first are given up") {
  const Decision decision = decided({{"new", kNow}, {"old", kNow - hours(2)}, {"newer", kNow}},
                                    {kIncomplete, kIncomplete, kIncomplete}, {hours(24), 2});
  REQUIRE(decision.forgotten.size() == 1);
  CHECK(decision.forgotten[0].candidate.tag == "old");
  CHECK(decision.next.pending.size() == 2);
}

TEST_CASE("what was not answered for makes room for nobody") {
  const Decision decision = decided({{"old", kNow - hours(3)}, {"newer", kNow}, {"new", kNow}},
                                    {kUnanswered, kIncomplete, kUnanswered}, {hours(24), 1});
  REQUIRE(decision.forgotten.size() == 1);
  CHECK(decision.forgotten[0].candidate.tag == "newer");
  CHECK(decision.next.pending == Candidates{{"old", kNow - hours(3)}, {"new", kNow}});
}

TEST_CASE(
    "what is no image is named, asked for again, and given up in its time like the incomplete") {
  const Decision decision = decided({{"chart", kNow}, {"old", kNow - hours(24)}, {"b", kNow}},
                                    {kNoImage, kNoImage, complete()});
  CHECK(decision.complete.size() == 1);
  REQUIRE(decision.no_images.size() == 1);
  CHECK(decision.no_images[0].candidate.tag == "chart");
  CHECK(decision.no_images[0].why == "it is a chart");
  CHECK(decision.next.pending == Candidates{{"chart", kNow}});
  REQUIRE(decision.forgotten.size() == 1);
  CHECK(decision.forgotten[0].candidate.tag == "old");
}

TEST_CASE("the tag that was seen first is told first") {
  const Decision decision = decided({{"b", kNow}, {"a", kNow - hours(1)}, {"c", kNow}},
                                    {complete(), complete(), complete()});
  REQUIRE(decision.complete.size() == 3);
  CHECK(decision.complete[0].lock.tag == "a");
  CHECK(decision.complete[1].lock.tag == "b");
}

TEST_CASE("what was pending is asked for before what is new, and nothing twice") {
  State before = empty_state(kImages, 1);
  before.pending = {{"a", kNow - hours(1)}, {"future", kNow + hours(1)}};
  Listing listing;
  listing.unseen = {"a", "b"};
  CHECK(candidates(before, &listing, kNow) ==
        Candidates{{"a", kNow - hours(1)}, {"future", kNow}, {"b", kNow}});
  CHECK(candidates(before, nullptr, kNow).size() == 2);
}

TEST_CASE("when very many are pending few new ones are taken, and none where nobody makes room") {
  CHECK(room_for_new(0, 1000, 200) == 200);
  CHECK(room_for_new(999, 1000, 200) == 200);
  CHECK(room_for_new(1000, 1000, 200) == 20);
  CHECK(room_for_new(1099, 1000, 200) == 20);
  CHECK(room_for_new(1100, 1000, 200) == 0);
}

TEST_CASE("while the moving tag stands still the list is read every tenth time only") {
  State state = empty_state(kImages, 1);
  const std::string one = oci::digest_of("1").text;
  CHECK(list_is_due(state, {"latest", one}));
  state.moving = {"latest", one, 0};
  int skipped = 0;
  while (!list_is_due(state, {"latest", one})) {
    ++skipped;
    ++state.moving.lists_skipped;
  }
  CHECK(skipped == kListEvery - 1);
}

TEST_CASE("a moving tag that has moved, is gone, or is another one, does not spare the list") {
  State state = empty_state(kImages, 1);
  const std::string one = oci::digest_of("1").text;
  state.moving = {"latest", one, 0};
  CHECK_FALSE(list_is_due(state, {"latest", one}));
  CHECK(list_is_due(state, {"latest", oci::digest_of("2").text}));
  CHECK(list_is_due(state, {"main", one}));
  CHECK(list_is_due(state, {"latest", {}}));
  state.moving.digest.clear();
  CHECK(list_is_due(state, {"latest", {}}));
}

TEST_CASE("what could not be told stays pending with all that come after it") {
  Decision decision =
      decided({{"a", kNow}, {"b", kNow}, {"c", kNow}}, {complete(), complete(), complete()});
  Tags heard;
  const std::vector<Tell> tells = {[](const NewTag& tag) -> Result<> {
                                     if (tag.lock.tag == "b") return unknown("nobody listens");
                                     return {};
                                   },
                                   [&](const NewTag& tag) -> Result<> {
                                     heard.push_back(tag.lock.tag);
                                     return {};
                                   }};
  const Told told = tell_all(decision, tells, 100);
  CHECK(told_tags(told) == Tags{"a"});
  CHECK(heard == Tags{"a"});
  REQUIRE(told.failure.has_value());
  CHECK(decision.next.pending == Candidates{{"b", kNow}, {"c", kNow}});
}

TEST_CASE("a tag that is refused keeps no other from being told, and is told again") {
  Decision decision =
      decided({{"a", kNow}, {"b", kNow}, {"c", kNow}}, {complete(), complete(), complete()});
  const std::vector<Tell> tells = {[](const NewTag& tag) -> Result<> {
    if (tag.lock.tag != "c") return fail(Failure::Kind::refused, "not this one");
    return {};
  }};
  const Told told = tell_all(decision, tells, 100);
  CHECK(told_tags(told) == Tags{"c"});
  REQUIRE(told.failure.has_value());
  CHECK(told.failure->message == "a: not this one");
  CHECK(decision.next.pending == Candidates{{"a", kNow}, {"b", kNow}});
}

TEST_CASE("no more are told than asked for, and the others are not lost") {
  Decision decision = decided({{"a", kNow}, {"b", kNow}}, {complete(), complete()});
  const Told told = tell_all(decision, {}, 1);
  CHECK(told_tags(told) == Tags{"a"});
  CHECK_FALSE(told.failure.has_value());
  CHECK(decision.next.pending == Candidates{{"b", kNow}});
}

TEST_CASE("what is told of a tag can be used as its lock file") {
  const Decision decision = decided({{"a", kNow - hours(1)}}, {complete()});
  const auto json = new_tag_json(decision.complete.at(0));
  CHECK(json.text("first_seen") == "2026-11-24T15:00:00Z");
  CHECK(imageset::parse_lock(json.dump()).value().repositories() == kImages);
}
