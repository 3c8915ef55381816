#include "tests/catch.hpp"
#include "tests/unit/inttest-results/told.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kReport = R"({
  "reportFormat": "CTRF", "specVersion": "0.0.0",
  "results": {
    "tool": {"name": "playwright", "extra": {"tests": 7}},
    "summary": {"tests": 5, "passed": 2, "failed": 1, "pending": 1, "skipped": 0, "other": 1,
                "suites": 2, "flaky": 1, "start": 1706644023, "stop": 1706644043},
    "tests": [
      {"name": "signs in", "status": "passed", "duration": 1200, "suite": ["web", "sign-in"],
       "steps": [{"name": "open", "status": "failed"}]},
      {"name": "signs out", "status": "passed", "duration": 800, "flaky": true, "retries": 1},
      {"name": "shows prices", "status": "failed", "duration": 30, "suite": "web > prices",
       "message": "Expected 3 to be 4", "trace": "at prices.spec.ts:12", "rawStatus": "timedOut",
       "extra": {"status": "passed"}},
      {"name": "trades", "status": "pending", "duration": 0, "message": "not yet"},
      {"name": "reports", "status": "other", "duration": 1}
    ],
    "environment": {"appName": "desk", "buildNumber": "42"}
  }
})";

}  // namespace

TEST_CASE("a CTRF report tells what became of every test") {
  const Told file = told(kReport);
  REQUIRE(file.failure.empty());
  CHECK(file.reading->form == Form::ctrf);
  CHECK(file.reading->declared == Declared{5, 2, 1, 1, 1, {}});
  REQUIRE(file.tests.size() == 5);
  CHECK(file.tests[0] ==
        TestCase{"web > sign-in", "signs in", Status::passed, "", milliseconds(1200), false});
  CHECK(file.tests[1] == TestCase{"", "signs out", Status::passed, "", milliseconds(800), true});
  CHECK(file.tests[2] == TestCase{"web > prices", "shows prices", Status::failed,
                                  "Expected 3 to be 4\nat prices.spec.ts:12", milliseconds(30),
                                  false});
  CHECK(file.tests[3] ==
        TestCase{"", "trades", Status::skipped, "not yet", milliseconds(0), false});
  check_pieces_and_cuts(kReport);
}

TEST_CASE("a test of a CTRF report with another end than the known ones has not passed") {
  CHECK(told(kReport).tests.at(4).status == Status::error);
}

TEST_CASE("a test of a CTRF report that was tried again and passed is flaky") {
  const auto test = [](std::string_view more) {
    return told(R"({"results":{"tests":[{"name":"a","status":"passed")" + std::string(more) +
                "}]}}")
        .tests.at(0);
  };
  CHECK(test(R"(,"retries":2)").flaky);
  CHECK_FALSE(test(R"(,"retries":0)").flaky);
  CHECK_FALSE(test(R"(,"flaky":false)").flaky);
}

TEST_CASE("a CTRF report with the tests before everything else is read alike") {
  const Told file = told(R"({"results":{"tests":[{"status":"failed","name":"a"}],
    "summary":{"failed":1,"tests":1}},"reportFormat":"CTRF"})");
  CHECK(file.reading->form == Form::ctrf);
  CHECK(file.reading->declared == Declared{1, {}, 1, {}, {}, {}});
  CHECK(file.tests.at(0).status == Status::failed);
}

TEST_CASE("a CTRF report that cannot mean anything is refused, and the place is named") {
  CHECK(refusal(R"({"results":[]})") == ".results: is no object");
  CHECK(refusal(R"({"results":{"summary":{"other":-1}}})") ==
        ".results.summary.other: -1 is no count");
  CHECK(refusal(R"({"results":{"summary":{"skipped":18446744073709551615,"pending":1}}})") ==
        ".results.summary.pending: 1 is too much");
  CHECK(refusal(R"({"results":{"tests":[{"name":"a","status":"passed","suite":[1]}]}})") ==
        ".results.tests[0].suite[0]: is no text");
  CHECK(refusal(R"({"results":{"tests":[{"name":"a","status":"passed","suite":[["b"]]}]}})") ==
        ".results.tests[0].suite[0]: is no text");
  CHECK(refusal(R"({"results":{"tests":[{"name":"a","status":"passed","retries":-1}]}})") ==
        ".results.tests[0].retries: -1 is no count");
}
