#include "tests/catch.hpp"
#include "tests/unit/inttest-results/told.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kSummary = R"({
  "exit_code": 1, "total": 3, "passed": 1, "failed": 1, "errors": 0, "skipped": 1,
  "sandbox": {"namespace": "inttest-4711", "tests": [1]},
  "tests": [
    {"name": "orders are accepted", "status": "passed", "duration": 1.25, "suite": "orders"},
    {"name": "orders are cancelled", "outcome": "FAIL", "message": "expected 200, got 502"},
    {"name": "orders are amended", "status": "skip", "duration_ms": 3, "message": "no venue"}
  ]
})";

}  // namespace

TEST_CASE("a plain summary tells its counts and its tests") {
  const Told file = told(kSummary);
  REQUIRE(file.reading.has_value());
  CHECK(file.reading->form == Form::own);
  CHECK(file.reading->lists_tests);
  CHECK(file.reading->declared == Declared{3, 1, 1, 0, 1, 1});
  REQUIRE(file.tests.size() == 3);
  CHECK(file.tests[0] ==
        TestCase{"orders", "orders are accepted", Status::passed, "", milliseconds(1250), false});
  CHECK(file.tests[1] == TestCase{"", "orders are cancelled", Status::failed,
                                  "expected 200, got 502", std::nullopt, false});
  CHECK(file.tests[2] ==
        TestCase{"", "orders are amended", Status::skipped, "no venue", milliseconds(3), false});
  check_pieces_and_cuts(kSummary);
}

TEST_CASE("a plain summary may have its members in any order, and no list of tests") {
  const Told backwards =
      told(R"({"tests":[{"status":"ok","name":"a"}],"passed":1,"total":1,"exit_code":0})");
  CHECK(backwards.reading->declared == Declared{1, 1, {}, {}, {}, 0});
  CHECK(backwards.tests.size() == 1);

  const Told counts = told(R"({"exit_code":-6,"total":18446744073709551615})");
  CHECK_FALSE(counts.reading->lists_tests);
  CHECK(counts.reading->declared == Declared{UINT64_MAX, {}, {}, {}, {}, -6});

  CHECK(told(R"({"tests":[]})").reading->lists_tests);
  CHECK_FALSE(told(R"({"tests":null,"total":0})").reading->lists_tests);
  CHECK(told(R"({"summary":{"total":2,"failed":1}})").reading->declared ==
        Declared{2, {}, 1, {}, {}, {}});
}

TEST_CASE("only a test that passed can be flaky") {
  CHECK(told(R"({"tests":[{"name":"a","status":"passed","flaky":true}]})").tests[0].flaky);
  CHECK_FALSE(told(R"({"tests":[{"name":"a","status":"failed","flaky":true}]})").tests[0].flaky);
}

TEST_CASE("a plain summary that cannot mean anything is refused, and the place is named") {
  const auto why = [](std::string_view file) { return refusal(file); };
  CHECK(why(R"({"total":-1})") == ".total: -1 is no count");
  CHECK(why(R"({"total":3.5})") == ".total: 3.5 is no count");
  CHECK(why(R"({"total":"3"})") == ".total: is no number");
  CHECK(why(R"({"total":99999999999999999999})") == ".total: 99999999999999999999 is no count");
  CHECK(why(R"({"exit_code":1e3})") == ".exit_code: 1e3 is no exit code");
  CHECK(why(R"({"total":1,"total":2})") == ".total: is there twice");
  CHECK(why(R"({"tests":3})") == ".tests: is no list");
  CHECK(why(R"({"tests":{}})") == ".tests: is no list");
  CHECK(why(R"({"tests":["a"]})") == ".tests[0]: is no object");
  CHECK(why(R"({"tests":[[]]})") == ".tests[0]: is no object");
  CHECK(why(R"({"tests":[{"name":"a","status":"ok"},{"status":"ok"}]})") ==
        ".tests[1]: the test has no name");
  CHECK(why(R"({"tests":[{"name":"","status":"ok"}]})") == ".tests[0]: the test has no name");
  CHECK(why(R"({"tests":[{"name":"a"}]})") == ".tests[0]: the test \"a\" has no status");
  CHECK(why(R"({"tests":[{"name":"a","status":null}]})") ==
        ".tests[0]: the test \"a\" has no status");
  CHECK(why(R"({"tests":[{"name":"a","status":true}]})") == ".tests[0].status: is no text");
  CHECK(why(R"({"tests":[{"name":"a","status":"ok","flaky":1}]})") ==
        ".tests[0].flaky: is neither true nor false");
  CHECK(why(R"({"tests":[{"name":"a","status":"ok","status":"ok"}]})") ==
        ".tests[0].status: is there twice");
  CHECK(why(R"({"tests":[{"name":"a","status":"ok","outcome":"failed"}]})") ==
        ".tests[0].outcome: the status is there twice");
  CHECK_THAT(why(R"({"tests":[{"name":"a","status":"fine"}]})"),
             ContainsSubstring(".tests[0].status: \"fine\" is no known status"));
  CHECK_THAT(why(R"({"summary":[]})"), ContainsSubstring(".summary: is no object"));
  CHECK_THAT(why(R"({"tests":[{"name":"a","status":"ok","duration":NaN}]})"),
             ContainsSubstring("line 1, column 48"));
}

TEST_CASE("JSON of no known form, or of two, is refused") {
  CHECK_THAT(refusal("{}"), ContainsSubstring("of no known form"));
  CHECK_THAT(refusal(R"({"ok":true})"), ContainsSubstring("of no known form"));
  CHECK_THAT(refusal(R"({"exit_code":0,"exitcode":0})"), ContainsSubstring("two forms"));
  CHECK_THAT(refusal(R"({"results":{},"total":0})"), ContainsSubstring("two forms"));
  CHECK_THAT(refusal(R"({"tests":[{"name":"a","status":"ok"},{"nodeid":"b","outcome":"passed"}]})"),
             ContainsSubstring("two forms"));
  CHECK_THAT(refusal(R"({"tests":[]} {"tests":[]})"), ContainsSubstring("behind the value"));
}
