#include "plugins/inttest-runner/verdict/verdict.hpp"
#include "tests/catch.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using How = Ending::How;

namespace {

Results listed(Counts counts, Declared declared = {}) {
  Results results;
  results.reading.lists_tests = true;
  results.reading.declared = declared;
  const auto add = [&](std::uint64_t count, Status status) {
    for (std::uint64_t i = 0; i < count; ++i) {
      TestCase test;
      test.status = status;
      results.tally.add(test);
    }
  };
  add(counts.passed, Status::passed);
  add(counts.failed, Status::failed);
  add(counts.errors, Status::error);
  add(counts.skipped, Status::skipped);
  return results;
}

Results totals_only(const Declared& declared) {
  Results results;
  results.reading.declared = declared;
  return results;
}

Ending ended(How how, int status) {
  Ending ending;
  ending.how = how;
  ending.status = status;
  return ending;
}

Reason reason(const Ending& ending, const Observed& observed, std::uint64_t min_tests = 1) {
  return judge(ending, observed, min_tests).reason;
}

const Ending kGood = ended(How::exited, 0);
const Ending kBad = ended(How::exited, 1);

}  // namespace

TEST_CASE("only a run for which everything speaks passes") {
  CHECK(reason(kGood, listed({3, 0, 0, 1})) == Reason::passed);
  CHECK(reason(kGood, totals_only({3, 3, 0, {}, 0, 0})) == Reason::passed);
}

TEST_CASE("how the command ended comes before what its results say") {
  CHECK(reason(ended(How::interrupted, 0), listed({3})) == Reason::interrupted);
  CHECK(reason(ended(How::timed_out, 0), listed({3})) == Reason::timed_out);
  CHECK(reason(ended(How::crashed, 11), listed({3})) == Reason::crashed);
}

TEST_CASE("a run without results that can be read is a no, whatever its exit code") {
  for (const Ending& ending : {kGood, kBad}) {
    CHECK(reason(ending, NoResults{}) == Reason::results_missing);
    CHECK(reason(ending, UnreadableResults{"cut off"}) == Reason::results_unreadable);
  }
}

TEST_CASE("one test that failed or could not run is a no") {
  CHECK(reason(kGood, listed({3, 1})) == Reason::tests_failed);
  CHECK(reason(kBad, listed({3, 0, 1})) == Reason::tests_failed);
  CHECK(reason(kGood, totals_only({3, 2, 1, {}, 0, 0})) == Reason::tests_failed);
}

TEST_CASE("totals that are not those of the tests are a no") {
  CHECK(reason(kGood, listed({3}, {4, {}, {}, {}, {}, {}})) == Reason::results_contradict);
  CHECK(reason(kGood, listed({3}, {{}, 2, {}, {}, {}, {}})) == Reason::results_contradict);
  CHECK(reason(kGood, listed({3}, {{}, {}, 1, 0, {}, {}})) == Reason::results_contradict);
  CHECK(reason(kGood, listed({3}, {{}, {}, {}, {}, 1, {}})) == Reason::results_contradict);
  CHECK(reason(kGood, totals_only({4, 3, {}, {}, {}, {}})) == Reason::results_contradict);
  CHECK(reason(kGood, listed({}, {3, 3, {}, {}, {}, {}})) == Reason::results_contradict);
}

TEST_CASE("an exit code that is not 0 is a no, the command's and the one in the results") {
  CHECK(reason(kBad, listed({3})) == Reason::exit_code);
  CHECK(reason(kGood, listed({3}, {{}, {}, {}, {}, {}, 1})) == Reason::exit_code);
}

TEST_CASE("tests that did not run have shown nothing") {
  CHECK(reason(kGood, listed({})) == Reason::too_few_tests);
  CHECK(reason(kGood, totals_only({})) == Reason::too_few_tests);
  CHECK(reason(kGood, listed({0, 0, 0, 5})) == Reason::too_few_tests);
  CHECK(reason(kGood, listed({3, 0, 0, 5}), 4) == Reason::too_few_tests);
  CHECK(reason(kGood, listed({4, 0, 0, 5}), 4) == Reason::passed);
}

TEST_CASE("every no but the one that was asked for is worth another attempt") {
  CHECK(judge(kBad, listed({3}), 1).worth_repeating());
  CHECK(judge(ended(How::timed_out, 0), NoResults{}, 1).worth_repeating());
  CHECK_FALSE(judge(ended(How::interrupted, 0), NoResults{}, 1).worth_repeating());
  CHECK_FALSE(judge(kGood, listed({3}), 1).worth_repeating());
}
