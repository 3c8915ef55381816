#include <string>

#include "plugins/inttest-runner/results/tap_line.hpp"
#include "tests/catch.hpp"
#include "tests/unit/inttest-results/told.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kTap14 = R"(TAP version 14
1..6
ok 1 - opens the book
  ---
  duration_ms: 12.4
  ...
not ok 2 - prices the first line
  ---
  message: 'First line invalid'
  severity: fail
  data:
    got: 'Flirble'
    text: |
      not ok 3

      ok 9
  ...
# Subtest: fills
    1..2
    ok 1 - whole
    not ok 2 - in part
      ---
      message: "too little"
      ...
not ok 3 - fills
ok 4 # SKIP no venue
not ok 5 - amends \# 5 # todo later
ok 6 - and # TODO works already
)";

constexpr std::string_view kNode = R"(TAP version 13
# Subtest: adds
ok 1 - adds
  ---
  duration_ms: 0.5
  ...
# Subtest: divides
not ok 2 - divides
  ---
  duration_ms: 1.5
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:

    1 !== 2
  code: 'ERR_ASSERTION'
  ...
1..2
# tests 2
# pass 1
# fail 1
)";

constexpr std::string_view kBats =
    "1..3\r\nok 1 starts\r\nnot ok 2 answers\r\n# (in test file a.bats, line 7)\r\n"
    "#   `false' failed\r\nok 3 stops # skip\r\n";

TapPoint point(std::string_view line) {
  const auto parsed = parse_tap_line(line);
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->kind == TapLine::Kind::point);
  return parsed->point;
}

}  // namespace

TEST_CASE("TAP 14 tells what became of every test, and subtests are not counted") {
  const Told file = told(kTap14);
  REQUIRE(file.failure.empty());
  CHECK(file.reading->form == Form::tap);
  CHECK(file.reading->declared == Declared{6, {}, {}, {}, {}, {}});
  REQUIRE(file.tests.size() == 6);
  CHECK(file.tests[0] ==
        TestCase{"", "opens the book", Status::passed, "", milliseconds(12), false});
  CHECK(file.tests[1].status == Status::failed);
  CHECK(file.tests[1].message == "First line invalid");
  CHECK(file.tests[2].status == Status::failed);
  CHECK(file.tests[2].message == "not ok 2 - in part");
  CHECK(file.tests[3].name == "test 4");
  CHECK(file.tests[3].status == Status::skipped);
  CHECK(file.tests[3].message == "no venue");
  CHECK(file.tests[4].name == "amends # 5");
  CHECK(file.tests[4].status == Status::skipped);
  CHECK(file.tests[4].message == "later");
  CHECK(file.tests[5].status == Status::passed);
  check_pieces_and_cuts(kTap14);
}

TEST_CASE("TAP of Node has its plan behind the tests, and its messages in YAML") {
  const Told file = told(kNode);
  REQUIRE(file.failure.empty());
  REQUIRE(file.tests.size() == 2);
  CHECK(file.tests[0].duration == milliseconds(1));
  CHECK(file.tests[1].message == "Expected values to be strictly equal:\n\n1 !== 2");
  check_pieces_and_cuts(kNode);
}

TEST_CASE("TAP of Bats has no version, its messages in comments, and perhaps CR LF") {
  const Told file = told(kBats);
  REQUIRE(file.failure.empty());
  REQUIRE(file.tests.size() == 3);
  CHECK(file.tests[1].message == "(in test file a.bats, line 7)\n`false' failed");
  CHECK(file.tests[2].status == Status::skipped);
  check_pieces_and_cuts(kBats);
}

TEST_CASE("TAP of which something may be missing is refused") {
  CHECK_THAT(refusal("TAP version 14\n"), ContainsSubstring("there is no plan"));
  CHECK_THAT(refusal("ok 1\nok 2\n"), ContainsSubstring("there is no plan"));
  CHECK_THAT(refusal("1..3\nok 1\nok 2\n"), ContainsSubstring("the plan says 3, and 2 are there"));
  CHECK_THAT(refusal("1..2\nok 1\nok 2"), ContainsSubstring("its last line has no end"));
  CHECK_THAT(refusal("1..1\nnot ok 1\n  ---\n  a: 1\n"), ContainsSubstring("line 3 has no end"));
  CHECK_THAT(refusal("1..2\nok 1\n  ---\n  a: 1\nnot ok 2\n"), ContainsSubstring("line 3 has no"));
  CHECK_THAT(refusal("1..2\nok 1\nBail out! no database\n"),
             ContainsSubstring("line 3: the tests were given up: Bail out! no database"));
  CHECK_THAT(refusal("1..1\n    bail OUT!\nok 1\n"), ContainsSubstring("given up"));
  CHECK_THAT(refusal("1..3\nok 1\nok 3\nok 3\n"), ContainsSubstring("another one is missing"));
  CHECK_THAT(refusal("1..4\nok 1\nok 1\nok 4\nok 4\n"), ContainsSubstring("another one"));
}

TEST_CASE("TAP that cannot mean anything is refused, and the line is named") {
  CHECK_THAT(refusal("1..1\nok 1\nok 2\n"), ContainsSubstring("line 3: a test more than"));
  CHECK_THAT(refusal("1..2\nok 3\nok 1\n"), ContainsSubstring("line 2: a test more than"));
  CHECK_THAT(refusal("ok 1\nok 2\n1..1\n"), ContainsSubstring("line 3: the plan says fewer"));
  CHECK_THAT(refusal("ok 1\n1..2\nok 2\n"), ContainsSubstring("line 3: a test behind the plan"));
  CHECK_THAT(refusal("1..1\n1..1\nok 1\n"), ContainsSubstring("line 2: a second plan"));
  CHECK_THAT(refusal("1..\n"), ContainsSubstring("line 1: the plan \"1..\""));
  CHECK_THAT(refusal("1..-1\n"), ContainsSubstring("is not 1..COUNT"));
  CHECK_THAT(refusal("1..1\nok 0\n"), ContainsSubstring("no count from 1"));
  CHECK_THAT(refusal("1..1\nok 99999999999999999999\n"), ContainsSubstring("no count from 1"));
  CHECK_THAT(refusal("TAP version 13\n1..1\nok 1\nTAP version 13\n"),
             ContainsSubstring("line 4: a second TAP document"));
}

TEST_CASE("TAP in which nothing was to be tested lists no test") {
  const Told file = told("TAP version 13\n1..0 # SKIP no cluster\n");
  REQUIRE(file.failure.empty());
  CHECK(file.reading->declared.total == 0);
  CHECK(file.tests.empty());
}

TEST_CASE("tests of TAP need no numbers, come in any order, and may print what they like") {
  CHECK(told("1..2\nok\nnot ok\n").tests.at(1).name == "test 2");
  CHECK(told("1..3\nok 2\nok 3\nok 1\n").reading.has_value());
  const Told noisy = told(
      "\n# hello\nTAP version 14\npragma +strict\n1..1\nokay\nnot  yet\n"
      "  ok 7\nok 1\n");
  CHECK(noisy.failure.empty());
  CHECK(noisy.tests.size() == 1);
}

TEST_CASE("a directive of TAP is a word of its own behind a hash") {
  using Directive = TapPoint::Directive;
  CHECK(point("ok 1 - a # SkIp").directive == Directive::skip);
  CHECK(point("ok 1 # skip: b").reason == "b");
  CHECK(point("not ok 1 a # TODO b c").reason == "b c");
  CHECK(point("not ok 1 - fixes issue #7").description == "fixes issue #7");
  CHECK(point("not ok 1 - a#todo b").directive == Directive::none);
  CHECK(point("not ok 1 - a \\# todo b").directive == Directive::none);
  CHECK(point("not ok 1 - a # todos b").directive == Directive::none);
  CHECK(point("not ok 1 - a # b # todo c").description == "a # b");
  CHECK(point("ok 12 - - x").description == "- x");
  CHECK(point("ok 12th").description == "12th");
}

TEST_CASE("long lines and long YAML in TAP are cut, and a long test is refused") {
  const std::string filler(100'000, 'x');
  CHECK(told("1..1\n# " + filler + "\nok 1\n").reading.has_value());
  CHECK_THAT(refusal("1..1\nnot ok 1 - " + filler + " # TODO\n"),
             ContainsSubstring("line 2: a test with more than"));
  std::string block = "1..1\nnot ok 1\n  ---\n";
  for (int i = 0; i < 1000; ++i) block += "  " + filler.substr(0, 1000) + "\n";
  CHECK(told(block + "  ...\n").tests.at(0).message.size() == kLongestText);
}
