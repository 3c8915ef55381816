#include "plugins/audit-writer/query/stages.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit-writer-query/lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

tests::Lines a_day() {
  tests::Lines lines;
  lines.deploy("2026-11-24T08:00:00.000Z", "beta", "one")
      .deploy("2026-11-24T09:00:00.000Z", "paper", "one")
      .deploy("2026-11-24T10:00:00.000Z", "beta", "two")
      .add("2026-11-24T10:30:00.000Z",
           R"("type":"promotion","event":"failed","target_stage":"paper","image_tag":"two")")
      .add("2026-11-24T11:00:00.000Z",
           R"("type":"stage_control","event":"disabled","target_stage":"paper")")
      .deploy("2026-11-24T12:00:00.000Z", "live", "one");
  return lines;
}

std::vector<std::string> shown(const std::vector<StageState>& states) {
  std::vector<std::string> out;
  for (const auto& state : states) {
    out.push_back(text::cat(state.name, "=",
                            state.promotion ? state.promotion->text("image_tag") : "none",
                            state.enabled ? "" : " disabled"));
  }
  return out;
}

using Shown = std::vector<std::string>;

}  // namespace

TEST_CASE("a stage runs what was deployed to it last; what failed does not run") {
  CHECK(shown(read_stages(a_day(), std::nullopt).value()) ==
        Shown{"beta=two", "paper=one disabled", "live=one"});
}

TEST_CASE("what ran at some time is what had been deployed by then") {
  const auto at = [](const char* text) {
    return shown(read_stages(a_day(), audit::parse_stamp(text).value()).value());
  };
  CHECK(at("2026-11-24T09:30:00.000Z") == Shown{"beta=one", "paper=one"});
  CHECK(at("2026-11-24T10:00:00.000Z") == Shown{"beta=two", "paper=one"});
  CHECK(at("2026-11-24T07:00:00.000Z").empty());
}

TEST_CASE("one stage can be asked for alone") {
  CHECK(shown(read_stages(a_day(), std::nullopt, "live").value()) == Shown{"live=one"});
  CHECK(read_stages(a_day(), std::nullopt, "nowhere").value().empty());
}

TEST_CASE("a stage that is enabled again is enabled") {
  auto lines = a_day();
  lines.add("2026-11-24T13:00:00.000Z",
            R"("type":"stage_control","event":"enabled","target_stage":"paper")");
  CHECK(shown(read_stages(lines, std::nullopt, "paper").value()) == Shown{"paper=one"});
}
