#include <string>

#include "tests/catch.hpp"
#include "tests/unit/inttest-results/told.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kPytest = R"(<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1"
 tests="4" time="2.345" timestamp="2025-07-27T10:00:00.000000+00:00" hostname="ci"><properties>
<property name="status" value="failed"/></properties>
<testcase classname="api.test_orders.TestOrders" name="test_new[1]" time="1.002"/>
<testcase classname="api.test_orders" name="test_fail" time="0.1"><failure message="assert 1 == 2">def test_fail():
&gt;   assert 1 == 2</failure><system-out>
noise</system-out></testcase>
<testcase classname="api.test_orders" name="test_skip" time="0.000"><skipped type="pytest.skip" message="later">a.py:3: later</skipped></testcase>
<testcase classname="" name="api.test_import" time="0.000"><error message="collection failure"><![CDATA[E   <ImportError>]]></error></testcase>
</testsuite></testsuites>
)";

constexpr std::string_view kSurefire = R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0" name="com.acme.RiskIT"
 time="1,234.56" tests="3" errors="0" skipped="0" failures="1" flakes="1">
  <properties><property name="java.version" value="17"/></properties>
  <testcase name="limits" classname="com.acme.RiskIT" time="1,200.5"/>
  <testcase name="flaps" classname="com.acme.RiskIT" time="0.2">
    <flakyFailure message="refused" type="java.net.ConnectException"><stackTrace><![CDATA[at x]]></stackTrace>
      <system-out>noise</system-out></flakyFailure>
  </testcase>
  <testcase name="breaks" classname="com.acme.RiskIT" time="0.3">
    <failure message="expected: 1" type="AssertionError"><![CDATA[AssertionError: expected: 1
	at com.acme]]></failure>
    <rerunFailure message="expected: 2" type="AssertionError"><stackTrace>again</stackTrace></rerunFailure>
  </testcase>
</testsuite>)";

constexpr std::string_view kGoogleTest = R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="0" disabled="1" errors="0" time="0.001" name="AllTests">
  <testsuite name="Book" tests="3" failures="0" disabled="1" skipped="1" errors="0" time="0.001">
    <testcase name="Adds" file="book.cc" line="3" status="run" result="completed" time="0.001" classname="Book" />
    <testcase name="DISABLED_Drops" status="notrun" result="suppressed" time="0." classname="Book" />
    <testcase name="Skips" status="run" result="skipped" time="0." classname="Book">
      <skipped message="book.cc:9&#x0A;no feed"><![CDATA[book.cc:9
no feed]]></skipped>
    </testcase>
  </testsuite>
</testsuites>
)";

TestCase one(std::string_view test) {
  return told("<testsuite name='s'>" + std::string(test) + "</testsuite>").tests.at(0);
}

std::string why(std::string_view inside) {
  return refusal("<testsuite>" + std::string(inside) + "</testsuite>");
}

}  // namespace

TEST_CASE("JUnit XML of pytest tells what became of every test") {
  const Told file = told(kPytest);
  REQUIRE(file.failure.empty());
  CHECK(file.reading->form == Form::junit);
  CHECK(file.reading->declared == Declared{4, {}, 1, 1, 1, {}});
  CHECK(file.reading->outside == 0);
  REQUIRE(file.tests.size() == 4);
  CHECK(file.tests[0] == TestCase{"api.test_orders.TestOrders", "test_new[1]", Status::passed, "",
                                  milliseconds(1002), false});
  CHECK(file.tests[1].status == Status::failed);
  CHECK(file.tests[1].message == "assert 1 == 2\ndef test_fail():\n>   assert 1 == 2");
  CHECK(file.tests[2].status == Status::skipped);
  CHECK(file.tests[3].status == Status::error);
  CHECK(file.tests[3].message == "collection failure\nE   <ImportError>");
  CHECK(file.tests[3].suite == "pytest");
  check_pieces_and_cuts(kPytest);
}

TEST_CASE("JUnit XML of Surefire tells which tests passed at a later try only") {
  const Told file = told(kSurefire);
  REQUIRE(file.failure.empty());
  CHECK(file.reading->declared == Declared{3, {}, 1, 0, 0, {}});
  REQUIRE(file.tests.size() == 3);
  CHECK(file.tests[0].duration == milliseconds(1200500));
  CHECK(file.tests[1] ==
        TestCase{"com.acme.RiskIT", "flaps", Status::passed, "", milliseconds(200), true});
  CHECK(file.tests[2].status == Status::failed);
  CHECK(file.tests[2].message == "expected: 1\nAssertionError: expected: 1\n\tat com.acme");
  CHECK_FALSE(file.tests[2].flaky);
  check_pieces_and_cuts(kSurefire);
}

TEST_CASE("a test of GoogleTest that was not run has not passed") {
  const Told file = told(kGoogleTest);
  REQUIRE(file.failure.empty());
  CHECK(file.reading->declared == Declared{3, {}, 0, 0, 2, {}});
  REQUIRE(file.tests.size() == 3);
  CHECK(file.tests[0].status == Status::passed);
  CHECK(file.tests[1].status == Status::skipped);
  CHECK(file.tests[2].status == Status::skipped);
  CHECK(file.tests[2].message == "book.cc:9\nno feed");
  check_pieces_and_cuts(kGoogleTest);
}

TEST_CASE("the declared counts are those of the outermost suites that have them") {
  const auto declared = [](std::string_view file) { return told(file).reading->declared; };
  CHECK(declared("<testsuites><testsuite tests='2' failures='1'><testsuite tests='2'/></testsuite>"
                 "<testsuite tests='3'/></testsuites>") == Declared{5, {}, {}, {}, {}, {}});
  CHECK(declared("<testsuites tests='9'><testsuite tests='2' errors='1'/></testsuites>") ==
        Declared{9, {}, {}, 1, {}, {}});
  CHECK(declared("<testsuite tests='2' skipped='1' disabled='1'/>") ==
        Declared{2, {}, {}, {}, 2, {}});
  CHECK(declared("<testsuite disabled='1'/>") == Declared{});
  CHECK(declared("<testsuite tests='' skips='2'/>") == Declared{{}, {}, {}, {}, 2, {}});
  CHECK(declared("<testsuites/>") == Declared{});
}

TEST_CASE("a suite that failed outside of its tests is a test with an error") {
  const Told file = told("<testsuite name='db'><error message='no database'/></testsuite>");
  CHECK(file.reading->outside == 1);
  CHECK(file.tests.at(0) ==
        TestCase{"db", "suite", Status::error, "no database", std::nullopt, false});
  CHECK(told("<testsuite><skipped/></testsuite>").tests.empty());
}

TEST_CASE("whatever else a test of JUnit XML has, a failure in it is a failure") {
  CHECK(one("<testcase name='a'><skipped/><failure/></testcase>").status == Status::failed);
  CHECK(one("<testcase name='a'><error/><skipped/></testcase>").status == Status::error);
  CHECK(one("<testcase name='a'><flakyError/><failure/></testcase>").status == Status::failed);
  CHECK(one("<testcase name='a'><rerunFailure/></testcase>").status == Status::failed);
  CHECK(one("<testcase name='a' status='passed'><failure/></testcase>").status == Status::failed);
  CHECK(one("<testcase name='a' status='fail'/>").status == Status::failed);
  CHECK(one("<testcase name='a' status='failed'><skipped/></testcase>").status == Status::failed);
  CHECK(one("<testcase name='a'><properties><failure/></properties></testcase>").status ==
        Status::passed);
}

TEST_CASE("a test of JUnit XML belongs to its class, its file or its suite") {
  CHECK(one("<testcase name='a' classname='c' file='f'/>").suite == "c");
  CHECK(one("<testcase name='a' file='f'/>").suite == "f");
  CHECK(one("<testcase name='a'/>").suite == "s");
  CHECK_FALSE(one("<testcase name='a' time='soon'/>").duration.has_value());
}

TEST_CASE("JUnit XML that cannot mean anything is refused, and the line is named") {
  CHECK(why("\n<testcase/>") == "line 2: a test without a name");
  CHECK(why("<testsuite tests='-1'/>") == "line 1: tests: \"-1\" is no count");
  CHECK(why("<testsuite errors='x'/>") == "line 1: errors: \"x\" is no count");
  CHECK_THAT(why("<testcase name='a' status='fine'/>"), ContainsSubstring("status \"fine\""));
  CHECK_THAT(why("<a><testcase name='a'/></a>"), ContainsSubstring("not where it belongs"));
  CHECK_THAT(why("<testcase name='a'><testcase name='b'/></testcase>"),
             ContainsSubstring("not where it belongs"));
  CHECK_THAT(refusal("<html><body/></html>"), ContainsSubstring("begins with <html>"));
  CHECK_THAT(refusal("<testsuite/><testsuite/>"), ContainsSubstring("line 1, column 13"));
  CHECK_THAT(why("&nbsp;"), ContainsSubstring("undefined entity"));
  CHECK_THAT(why("<testcase name='a' name='b'/>"), ContainsSubstring("duplicate attribute"));
}

TEST_CASE("no document type is accepted, so that no entity can grow or read a file") {
  CHECK_THAT(refusal("<!DOCTYPE testsuite [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"
                     "<testsuite name='&b;'/>"),
             ContainsSubstring("document type"));
  CHECK_THAT(refusal("<!DOCTYPE testsuite SYSTEM 'file:///etc/passwd'><testsuite/>"),
             ContainsSubstring("document type"));
}

TEST_CASE("JUnit XML in ISO-8859-1 is told in UTF-8, other encodings are refused") {
  const auto file = [](std::string_view encoding) {
    return "<?xml version='1.0' encoding='" + std::string(encoding) +
           "'?><testsuite><testcase name='b\xE4r'/></testsuite>";
  };
  CHECK(told(file("ISO-8859-1")).tests.at(0).name == "bär");
  CHECK_THAT(refusal(file("UTF-8")), ContainsSubstring("not well-formed"));
  CHECK_THAT(refusal(file("Shift_JIS")), ContainsSubstring("unknown encoding"));
}

TEST_CASE("neither a long tag, nor many names, nor depth makes XML take much memory") {
  const std::string long_tag = "<testsuite name='" + std::string(20u << 20, 'a') + "'></testsuite>";
  CHECK_THAT(refusal(long_tag), ContainsSubstring("too large"));
  std::string names = "<testsuite>";
  for (int i = 0; i < 300'000; ++i) names += "<n" + std::to_string(i) + "/>";
  CHECK_THAT(refusal(names + "</testsuite>"), ContainsSubstring("too large"));
  std::string deep = "<testsuite>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CHECK_THAT(refusal(deep), ContainsSubstring("nested deeper than 64"));
  const std::string long_text = "<testsuite><testcase name='a'><failure>" +
                                std::string(20u << 20, 'a') + "</failure></testcase></testsuite>";
  CHECK(told(long_text).tests.at(0).message.size() == kLongestText);
}
