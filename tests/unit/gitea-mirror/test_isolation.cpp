#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "plugins/gitea-mirror/plan/isolation.hpp"
#include "tests/catch.hpp"

using namespace stagegate::mirror;

namespace {

struct Outcome {
  std::set<std::size_t> taken;
  std::vector<std::size_t> culprits;
  std::size_t given_up = 0;
  std::size_t pushes = 0;
};

// A target that declines any push with a bad ref in it.
Outcome isolate(std::size_t count, const std::set<std::size_t>& bad, std::size_t most = 1'000'000) {
  Outcome outcome;
  Isolation isolation(count, most);
  while (const auto span = isolation.next()) {
    REQUIRE(span->begin < span->end);
    REQUIRE(span->end <= count);
    REQUIRE(isolation.next() == span);
    const auto first = bad.lower_bound(span->begin);
    if (first != bad.end() && *first < span->end) {
      isolation.declined();
      continue;
    }
    for (std::size_t at = span->begin; at < span->end; ++at) {
      REQUIRE(outcome.taken.insert(at).second);
    }
    isolation.answered();
  }
  outcome.culprits = isolation.culprits();
  for (const Span& span : isolation.given_up()) outcome.given_up += span.size();
  outcome.pushes = isolation.pushes();
  return outcome;
}

}  // namespace

TEST_CASE("one bad ref is found in about log2 pushes, and all others get through") {
  for (const std::size_t count : {2, 3, 8, 100, 1'000}) {
    for (const std::size_t bad : {std::size_t{0}, count / 2, count - 1}) {
      const Outcome outcome = isolate(count, {bad});
      CHECK(outcome.culprits == std::vector<std::size_t>{bad});
      CHECK(outcome.taken.size() == count - 1);
      CHECK(outcome.given_up == 0);
      CHECK(outcome.pushes <= 2 * static_cast<std::size_t>(std::ceil(std::log2(count))));
    }
  }
  // The last one costs least: every first half is taken.
  CHECK(isolate(1'024, {1'023}).pushes == 11);
}

TEST_CASE("whichever refs are bad, exactly those are left") {
  std::mt19937 random(5);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t count = 1 + random() % 20;
    std::set<std::size_t> bad;
    for (std::size_t at = 0; at < count; ++at) {
      if (random() % 4 == 0) bad.insert(at);
    }
    if (bad.empty()) bad.insert(random() % count);
    const Outcome outcome = isolate(count, bad);
    CHECK(std::set<std::size_t>(outcome.culprits.begin(), outcome.culprits.end()) == bad);
    CHECK(outcome.taken.size() == count - bad.size());
    CHECK(outcome.culprits.size() == bad.size());
  }
}

TEST_CASE("a ref that was pushed alone and declined is not pushed again") {
  const Isolation isolation(1);
  CHECK_FALSE(isolation.next());
  CHECK(isolation.culprits() == std::vector<std::size_t>{0});
  CHECK_FALSE(Isolation(0).next());
}

TEST_CASE("the pushes run out before the refs do, and what is left is told") {
  std::set<std::size_t> all;
  for (std::size_t at = 0; at < 1'000; ++at) all.insert(at);
  const Outcome outcome = isolate(1'000, all, 64);
  CHECK(outcome.pushes == 64);
  CHECK(outcome.culprits.size() + outcome.given_up == 1'000);
  CHECK(outcome.given_up > 900);
}

TEST_CASE("the first refs are tried first") {
  Isolation isolation(8);
  CHECK(isolation.next() == Span{0, 4});
  isolation.answered();
  // The other half must be bad: it is not tried as a whole.
  CHECK(isolation.next() == Span{4, 6});
  isolation.declined();
  CHECK(isolation.next() == Span{4, 5});
  isolation.declined();
  CHECK(isolation.next() == Span{5, 6});
  isolation.answered();
  CHECK(isolation.next() == Span{6, 8});
  isolation.answered();
  CHECK_FALSE(isolation.next());
  CHECK(isolation.culprits() == std::vector<std::size_t>{4});
}
