#include "tests/catch.hpp"
#include "tests/unit/inttest-results/told.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kReport =
    R"json({"created": 1753600000.25, "duration": 2.5, "exitcode": 1, "root": "/work",
 "environment": {"Python": "3.11.2", "tests": "none", "exit_code": "7"},
 "summary": {"passed": 1, "failed": 1, "error": 2, "skipped": 1, "xfailed": 1, "xpassed": 1,
             "total": 7, "collected": 8, "deselected": 1},
 "collectors": [
  {"nodeid": "", "outcome": "passed", "result": [{"nodeid": "test_api.py", "type": "Module"}]},
  {"nodeid": "test_import.py", "outcome": "failed", "result": [],
   "longrepr": "ImportError while importing test module"}],
 "tests": [
  {"nodeid": "api/test_api.py::TestOrders::test_new[a::b]", "lineno": 3, "outcome": "passed",
   "keywords": ["test_new", "failed"],
   "setup": {"duration": 0.25, "outcome": "passed"},
   "call": {"duration": 1.0, "outcome": "passed", "stdout": "line"},
   "teardown": {"duration": 0.125, "outcome": "passed"}},
  {"nodeid": "test_api.py::test_fail", "lineno": 9, "outcome": "failed",
   "setup": {"duration": 0.001, "outcome": "passed"},
   "call": {"duration": 0.002, "outcome": "failed",
     "crash": {"path": "/repo/test_api.py", "lineno": 10, "message": "assert 502 == 200"},
     "traceback": [{"path": "test_api.py", "lineno": 10, "message": "AssertionError"}],
     "longrepr": "def test_fail():\n>  assert 502 == 200"},
   "teardown": {"duration": 0.003, "outcome": "passed"}},
  {"nodeid": "test_api.py::test_no_database", "outcome": "error",
   "setup": {"duration": 0.1, "outcome": "failed", "longrepr": "no database"},
   "teardown": {"duration": 0.1, "outcome": "passed"}},
  {"nodeid": "test_api.py::test_leak", "outcome": "error",
   "setup": {"duration": 0, "outcome": "passed"}, "call": {"duration": 0, "outcome": "passed"},
   "teardown": {"duration": 0, "outcome": "failed", "crash": {"message": "leaked"}}},
  {"nodeid": "test_api.py::test_skip", "outcome": "skipped",
   "setup": {"duration": 0, "outcome": "skipped", "longrepr": "('a.py', 1, 'Skipped: later')"},
   "teardown": {"duration": 0, "outcome": "passed"}},
  {"nodeid": "test_api.py::test_known", "outcome": "xfailed",
   "setup": {"outcome": "passed"},
   "call": {"outcome": "skipped", "longrepr": "known"}, "teardown": {"outcome": "passed"}},
  {"nodeid": "test_api.py::test_better", "outcome": "xpassed",
   "setup": {"outcome": "passed"}, "call": {"outcome": "passed"},
   "teardown": {"outcome": "passed"}}],
 "warnings": [{"message": "old", "when": "collect", "filename": "a.py", "lineno": 1}]})json";

std::string one_test(std::string_view test) {
  return R"({"exitcode":0,"summary":{"total":1},"tests":[)" + std::string(test) + "]}";
}

}  // namespace

TEST_CASE("a report of pytest-json-report tells what became of every test") {
  const Told file = told(kReport);
  REQUIRE(file.failure.empty());
  CHECK(file.reading->form == Form::pytest_json);
  CHECK(file.reading->declared == Declared{7, 2, 1, 2, 2, 1});
  CHECK(file.reading->outside == 1);
  REQUIRE(file.tests.size() == 8);
  CHECK(file.tests[1] == TestCase{"api/test_api.py::TestOrders", "test_new[a::b]", Status::passed,
                                  "", milliseconds(1375), false});
  CHECK(file.tests[2] == TestCase{"test_api.py", "test_fail", Status::failed,
                                  "assert 502 == 200\ndef test_fail():\n>  assert 502 == 200",
                                  milliseconds(6), false});
  CHECK(file.tests[3].status == Status::error);
  CHECK(file.tests[3].message == "at setup: no database");
  CHECK(file.tests[4].status == Status::error);
  CHECK(file.tests[4].message == "at teardown: leaked");
  CHECK(file.tests[5].status == Status::skipped);
  CHECK(file.tests[5].message == "('a.py', 1, 'Skipped: later')");
  CHECK(file.tests[6].status == Status::skipped);
  CHECK(file.tests[6].message == "known");
  CHECK(file.tests[7].status == Status::passed);
  CHECK_FALSE(file.tests[7].duration.has_value());
}

TEST_CASE("a module that pytest could not import is a test with an error") {
  CHECK(told(kReport).tests[0] == TestCase{"test_import.py", "collection", Status::error,
                                           "ImportError while importing test module", std::nullopt,
                                           false});
  // A collector of which nobody says that it passed is none that passed.
  const Told other = told(R"({"exitcode":5,"collectors":[{"nodeid":"a"}]})");
  CHECK(other.reading->outside == 1);
  CHECK(other.reading->lists_tests);
}

TEST_CASE("a report of pytest-json-report in pieces, or cut, is the same or none") {
  check_pieces_and_cuts(kReport);
}

TEST_CASE("a test of pytest that was run again has passed if its last run did, and is flaky") {
  const auto rerun = [](std::string_view call) {
    return told(one_test(R"({"nodeid":"a::b","outcome":"rerun","setup":{"outcome":"passed"},)" +
                         std::string(call) + R"("teardown":{"outcome":"passed"}})"))
        .tests.at(0);
  };
  const TestCase passed = rerun(R"("call":{"outcome":"passed"},)");
  CHECK(passed.status == Status::passed);
  CHECK(passed.flaky);
  CHECK(rerun(R"("call":{"outcome":"rerun"},)").status == Status::error);
  CHECK(rerun(R"("call":{"outcome":"failed"},)").status == Status::error);
  CHECK(rerun("").status == Status::error);
  CHECK(told(R"({"exitcode":0,"summary":{"passed":2,"rerun":1,"total":3}})")
            .reading->declared.passed == 3);
}

TEST_CASE("a test of pytest that passed although a stage of it failed is an error") {
  const auto test = told(one_test(R"({"nodeid":"a::b","outcome":"passed",
    "call":{"outcome":"passed"},"teardown":{"outcome":"failed","longrepr":"gone"}})"));
  CHECK(test.tests.at(0).status == Status::error);
  CHECK(test.tests.at(0).message == "at teardown: gone");
}

TEST_CASE("a report of pytest-json-report without its tests tells the counts") {
  const Told file = told(R"({"exitcode":0,"summary":{"passed":2,"total":2,"collected":2}})");
  CHECK(file.reading->form == Form::pytest_json);
  CHECK_FALSE(file.reading->lists_tests);
  CHECK(file.reading->declared == Declared{2, 2, {}, {}, {}, 0});
}

TEST_CASE("an outcome of pytest that nobody knows is refused") {
  CHECK_THAT(refusal(one_test(R"({"nodeid":"a","outcome":"subtests passed"})")),
             ContainsSubstring(".tests[0].outcome: \"subtests passed\""));
  CHECK_THAT(refusal(one_test(R"({"nodeid":"a","outcome":"passed","call":{"outcome":"fine"}})")),
             ContainsSubstring(".tests[0].call.outcome: \"fine\""));
}
