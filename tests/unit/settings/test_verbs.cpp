#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;

namespace {

struct Gate {
  std::string calendar = "us";
  std::string other;
  std::string timeout;
  std::vector<std::string> files;
  bool force = false;
  Table table{"gate", "A test."};

  Gate() {
    table.verb({.name = "check", .help = "Answer once."})
        .verb({.name = "wait", .help = "Wait."})
        .verb({.name = "calendar show", .help = "Show.", .positionals = {"calendar"}})
        .verb({.name = "calendar diff", .help = "Differ.", .positionals = {"calendar", "other"}})
        .verb({.name = "calendar lint", .help = "Lint.", .positionals = {"files"}})
        .add(calendar, {.name = "calendar"})
        .add(other, {.name = "other", .verbs = {"calendar diff"}, .required = true})
        .add(timeout, {.name = "timeout", .fallback = "1h", .verbs = {"wait"}})
        .add(files, {.name = "files", .verbs = {"calendar lint"}})
        .add(force, {.name = "force"});
  }
  Result<settings::Invocation> read(std::vector<std::string> arguments,
                                    Environment environment = {}) {
    return settings::read(table, {std::move(arguments), std::move(environment)});
  }
};

}  // namespace

TEST_CASE("the verb is the first words, else PLUGIN_VERB, else the first declared") {
  CHECK(Gate().read({})->verb == "check");
  CHECK(Gate().read({}, {{"PLUGIN_VERB", "wait"}})->verb == "wait");
  CHECK(Gate().read({}, {{"PLUGIN_VERB", "calendar show"}})->verb == "calendar show");
  CHECK(Gate().read({"check"}, {{"PLUGIN_VERB", "wait"}})->verb == "check");
  CHECK(Gate().read({"--force", "calendar", "show"})->verb == "calendar show");
}

TEST_CASE("positional arguments give the settings that the verb names for them") {
  Gate diff;
  REQUIRE(diff.read({"calendar", "diff", "xnys", "xlon"}));
  CHECK(diff.calendar == "xnys");
  CHECK(diff.other == "xlon");
  Gate lint;
  REQUIRE(lint.read({"calendar", "lint", "a.yaml", "--", "--b.yaml"}));
  CHECK(lint.files == std::vector<std::string>{"a.yaml", "--b.yaml"});
  CHECK(error_of(Gate().read({"calendar", "show", "a", "b"})) == "unexpected argument \"b\"");
  CHECK_THAT(error_of(Gate().read({"calendar", "show", "a", "--calendar", "b"})),
             ContainsSubstring("use one"));
}

TEST_CASE("an unknown verb is refused with the nearest one") {
  CHECK_THAT(error_of(Gate().read({"chekc"})),
             ContainsSubstring("no verb \"chekc\": did you mean check? (check, wait,"));
  CHECK_THAT(error_of(Gate().read({}, {{"PLUGIN_VERB", "wiat"}})),
             ContainsSubstring("PLUGIN_VERB: there is no verb \"wiat\": did you mean wait?"));
  CHECK_THAT(error_of(Gate().read({"calendar", "shwo", "xnys"})), ContainsSubstring("no verb"));
}

TEST_CASE("the value of a mistyped flag is not taken for a verb, nor a verb for its value") {
  CHECK(error_of(Gate().read({"--calender", "xnys"})) ==
        "--calender: there is no such flag: did you mean --calendar?");
  CHECK(error_of(Gate().read({"--froce", "wait", "--timeout", "1s"})) ==
        "--froce: there is no such flag: did you mean --force?");
}

TEST_CASE("a flag that the verb does not use is an error, a variable a warning") {
  CHECK(error_of(Gate().read({"check", "--timeout", "1s"})) ==
        "--timeout: check does not use it (only wait)");
  const auto read = Gate().read({"check"}, {{"PLUGIN_TIMEOUT", "1s"}});
  REQUIRE(read);
  CHECK(read->warnings == std::vector<std::string>{"PLUGIN_TIMEOUT is not used by check"});
}

TEST_CASE("a setting is required only by the verbs that use it") {
  CHECK(Gate().read({"check"}));
  CHECK(error_of(Gate().read({"calendar", "diff", "xnys"})) ==
        "other is required: give PLUGIN_OTHER or --other");
}

TEST_CASE("help, version, docs and schema are asked for whatever else is wrong") {
  using settings::Asked;
  CHECK(Gate().read({"wait", "--help"})->asked == Asked::help);
  CHECK(Gate().read({"wait", "--help"})->verb == "wait");
  CHECK(Gate().read({"-h"}, {{"PLUGIN_TYPO", "1"}})->asked == Asked::help);
  CHECK(Gate().read({"--version"})->asked == Asked::version);
  CHECK(Gate().read({"--docs"})->asked == Asked::docs);
  CHECK(Gate().read({"--schema"})->asked == Asked::schema);
}
