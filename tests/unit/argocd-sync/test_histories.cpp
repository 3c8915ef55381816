// Sixteen histories of one Application, as Argo CD tells them, and the only right answer to each.
#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/watch/judge.hpp"
#include "tests/catch.hpp"
#include "tests/data.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using std::chrono::seconds;
using text::cat;
using text::Json;

namespace {

const std::string kTag(40, '2');
const std::string kImage = "registry.celestium.life/stonks-oracle/query-api:" + kTag;

std::string_view word(Judgement::Kind kind) {
  using Kind = Judgement::Kind;
  switch (kind) {
    case Kind::waiting:
      return "waiting";
    case Kind::success:
      return "success";
    case Kind::failed:
      return "failed";
    case Kind::superseded:
      return "superseded";
    case Kind::reverted:
      return "reverted";
    case Kind::lost:
      return "lost";
    case Kind::blocked:
      return "blocked";
    case Kind::paused:
      return "paused";
    case Kind::gone:
      return "gone";
  }
  return "?";
}

Application application(const Json& json) {
  ApplicationReader reader;
  REQUIRE(reader.feed(json.dump()));
  return reader.finish().value();
}

std::string tag_in(const Application& app) {
  const Json* helm = app.sources.front().find("helm");
  for (const Json& parameter : *helm->find("parameters")->array()) {
    if (parameter.text("name") == "image.tag") return std::string(parameter.text("value"));
  }
  return {};
}

Goal goal_of(const Json& scenario) {
  Goal goal;
  goal.images = {kImage};
  if (const Json* wait_only = scenario.find("wait_only"); wait_only != nullptr) {
    goal.revisions = {kTag};
    return goal;
  }
  const Json& first = *(*scenario.find("events")->array())[0].find("application");
  goal.run = application(first).operation->run;
  goal.reverted = [](const Application& app) {
    return tag_in(app) == kTag ? "" : "the tag was taken back";
  };
  return goal;
}

std::string answer_to(const Json& scenario) {
  Patience patience;
  patience.settle = milliseconds(0);  // the histories end with the first object that is right
  Judge judge(goal_of(scenario), patience);
  std::size_t index = 0;
  for (const Json& event : *scenario.find("events")->array()) {
    const seconds at(event.find("t")->integer().value());
    const auto judgement = judge.judge(application(*event.find("application")), at);
    INFO(judgement.words);
    if (judgement.over()) return cat(word(judgement.kind), "@", index);
    ++index;
  }
  return "waiting";
}

}  // namespace

TEST_CASE("each of the sixteen histories has its only right answer") {
  const auto path = tests::data_file("argocd-wire/scenarios.json");
  if (!path) return;
  const auto scenarios = text::parse_json(fs::read_file(*path).value()).value();
  CHECK(scenarios.array()->size() == 16);
  for (const Json& scenario : *scenarios.array()) {
    INFO(scenario.text("name") << ": " << scenario.text("why"));
    CHECK(answer_to(scenario) == scenario.text("expect"));
  }
}
