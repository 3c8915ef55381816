#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;

TEST_CASE("a value follows its flag or an equals sign") {
  One<std::string> one({.name = "pad_before"});
  REQUIRE(one.read({"--pad-before", "1m"}));
  CHECK(one.value == "1m");
  REQUIRE(one.read({"--pad-before=a=b"}));
  CHECK(one.value == "a=b");
  REQUIRE(one.read({"--pad-before", "-5"}));
  CHECK(one.value == "-5");
  REQUIRE(one.read({"--pad-before=--x"}));
  CHECK(one.value == "--x");
  CHECK_THAT(error_of(one.read({"--pad-before"})), ContainsSubstring("--pad-before needs a value"));
  CHECK_THAT(error_of(one.read({"--pad-before", "--help-me"})), ContainsSubstring("needs a value"));
}

TEST_CASE("a boolean flag stands alone, negated or with a value") {
  One<bool> one;
  REQUIRE(one.read({"--x"}));
  CHECK(one.value);
  REQUIRE(one.read({"--no-x"}));
  CHECK_FALSE(one.value);
  REQUIRE(one.read({"--x=yes"}));
  CHECK(one.value);
  CHECK_THAT(error_of(one.read({"--no-x=1"})), ContainsSubstring("--no-x takes no value"));
  CHECK_THAT(error_of(one.read({"--x", "--no-x"})), ContainsSubstring("given twice"));
}

TEST_CASE("a list and a map grow with every repetition, a single value must not change") {
  One<std::vector<std::string>> list;
  REQUIRE(list.read({"--x", "a", "--x=b,c", "--x", R"(["d,e"])"}));
  CHECK(list.value == std::vector<std::string>{"a", "b", "c", "d,e"});
  One<std::map<std::string, std::string>> map;
  REQUIRE(map.read({"--x", "a=1", "--x", "b=2"}));
  CHECK(map.value == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  One<std::string> single;
  CHECK(single.read({"--x", "a", "--x", "a"}));
  CHECK_THAT(error_of(single.read({"--x", "a", "--x", "b"})), ContainsSubstring("given twice"));
}

TEST_CASE("an unknown flag is refused with the nearest one") {
  One<std::string> one({.name = "calendar"});
  CHECK(error_of(one.read({"--calender", "x"})) ==
        "--calender: there is no such flag: did you mean --calendar?");
  CHECK_THAT(error_of(one.read({"-c"})), ContainsSubstring("-c: flags begin with --"));
}

TEST_CASE("behind -- nothing is a flag") {
  One<std::string> one;
  CHECK(error_of(one.read({"--", "--x"})) == "unexpected argument \"--x\"");
}
