#include "common/settings/config_file.hpp"
#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;
using settings::parse_config;

namespace {
std::vector<std::string> errors(const std::string& yaml) {
  One<std::string> one({.name = "calendar"});
  return parse_config(one.table, "gate.yaml", yaml).errors;
}
}  // namespace

TEST_CASE("an unknown key is refused at its place, with the nearest setting") {
  CHECK(errors("# comment\ncalender: x\n") ==
        std::vector<std::string>{"gate.yaml, line 2, column 1: there is no setting \"calender\": "
                                 "did you mean calendar?"});
}

TEST_CASE("every fault of a file is reported") {
  CHECK(errors("a: 1\nb: 2\n").size() == 2);
}

TEST_CASE("a file that is no map of settings is refused") {
  CHECK(errors("").empty());
  CHECK_THAT(errors("- a\n").at(0), ContainsSubstring("gate.yaml, line 1, column 1: expected"));
  CHECK_THAT(errors("a: [1\n").at(0), ContainsSubstring("gate.yaml, line"));
  CHECK_THAT(errors("config: other.yaml\n").at(0), ContainsSubstring("cannot name another"));
}

TEST_CASE("a key may be written with dashes, but only once") {
  One<std::string> one({.name = "pad_before"});
  CHECK(parse_config(one.table, "f", "pad-before: 1m\n").values.size() == 1);
  CHECK_THAT(parse_config(one.table, "f", "pad-before: 1m\npad_before: 1m\n").errors.at(0),
             ContainsSubstring("twice"));
}
