// The setting `stages`.
#include "tests/unit/market-hours-serve/gate_asked.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

Result<Stages> read(const std::string& yaml, const GateSettings& defaults = settings_of("xnys")) {
  const auto node = yaml_of(yaml);
  return read_stages(&node, defaults);
}

std::vector<std::string> names_of(const Stages& stages) {
  std::vector<std::string> names;
  for (const auto& stage : stages) names.push_back(stage.name);
  return names;
}

bool blocked(const Stage& stage, const std::string& at) {
  const auto verdict = stage.gate.judge(stage.name, instant_of(at));
  REQUIRE(verdict);
  return !verdict->allowed;
}

}  // namespace

TEST_CASE("without the setting the stages are paper and live, or the gated ones") {
  GateSettings defaults = settings_of("xnys");
  const auto usual = read_stages(nullptr, defaults);
  REQUIRE(usual);
  CHECK(names_of(*usual) == std::vector<std::string>{"paper", "live"});
  defaults.gated_stages = {"prod", "prod"};
  const auto gated = read_stages(nullptr, defaults);
  REQUIRE(gated);
  CHECK(names_of(*gated) == std::vector<std::string>{"prod"});
}

TEST_CASE("stages may be a list or a map, in the order of the file") {
  const auto list = read("[{ name: z }, { name: a, calendar: xlon }]");
  const auto map = read("z:\na: { calendar: xlon }\n");
  REQUIRE(list);
  REQUIRE(map);
  for (const Stages& stages : {*list, *map}) {
    CHECK(names_of(stages) == std::vector<std::string>{"z", "a"});
    CHECK(stages[0].gate.calendar().id() == "xnys");
    CHECK(stages[1].gate.calendar().id() == "xlon");
  }
}

TEST_CASE("a stage inherits what it does not say") {
  GateSettings defaults = settings_of("xnys");
  defaults.policy.need = std::chrono::minutes{10};
  defaults.adjustments.pad_after = std::chrono::minutes{5};
  const auto stages = read("[{ name: a }, { name: b, pad_after: 30m, need: 1m }]", defaults);
  REQUIRE(stages);
  CHECK((*stages)[0].gate.policy().need == std::chrono::minutes{10});
  CHECK((*stages)[1].gate.policy().need == std::chrono::minutes{1});
  CHECK_FALSE(blocked((*stages)[0], "2026-11-24T21:10:00Z"));
  CHECK(blocked((*stages)[1], "2026-11-24T21:10:00Z"));
}

TEST_CASE("no stage slips out of a freeze that is meant for all") {
  GateSettings defaults = settings_of("xnys");
  defaults.adjustments.freezes = yaml_of("[{ name: all, from: 2026-12-24, to: 2026-12-24 }]");
  const auto stages = read(
      "[{ name: live, freezes: [{ name: own, from: 2026-12-28, to: 2026-12-28 }] }]", defaults);
  REQUIRE(stages);
  CHECK(blocked((*stages)[0], "2026-12-24T23:00:00Z"));
  CHECK(blocked((*stages)[0], "2026-12-28T23:00:00Z"));
  CHECK_FALSE(blocked((*stages)[0], "2026-12-29T23:00:00Z"));
}

TEST_CASE("every fault of the setting is named at once, with line and column") {
  const auto stages = read(
      "- name: live\n"
      "  requires: open\n"
      "  need: soon\n"
      "- calendar: xnys\n"
      "- name: live\n"
      "  on_holiday: maybe\n");
  REQUIRE_FALSE(stages);
  CHECK(stages.error().kind == Failure::Kind::usage);
  for (const auto* part : {"setting stages:2:3: ", "did you mean require?",
                           "setting stages:3:9: ", "setting stages:4:3: ", "a stage needs name",
                           "setting stages:5:9: ", "declared twice", "setting stages:6:15: "}) {
    CHECK_THAT(stages.error().message, ContainsSubstring(part));
  }
}

TEST_CASE("a setting that names no stage, or is none, is refused") {
  for (const auto* yaml : {"[]", "{}", "live", "[live]", "[{ name: '' }]", "'': {}",
                           "[{ name: live, freezes: soon }]"}) {
    INFO(yaml);
    const auto stages = read(yaml);
    REQUIRE_FALSE(stages);
    CHECK(stages.error().kind == Failure::Kind::usage);
  }
}

TEST_CASE("calendars that cannot be read are unknown, each named with its stage") {
  const auto stages = read("[{ name: a, calendar: nowhere }, { name: b, calendar: nothing }]");
  REQUIRE_FALSE(stages);
  CHECK(stages.error().kind == Failure::Kind::unknown);
  CHECK_THAT(stages.error().message, ContainsSubstring("stage a: "));
  CHECK_THAT(stages.error().message, ContainsSubstring("stage b: "));
}
