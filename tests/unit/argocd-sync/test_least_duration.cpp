#include "plugins/argocd-sync/rollout/least_duration.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/crd_check.hpp"
#include "tests/unit/argocd-sync/rollout_objects.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::with;
using text::Json;

namespace {

Json with_steps(std::string_view steps) {
  return with(tests::canary(), {"spec", "strategy", "canary", "steps"}, tests::parsed(steps));
}

Json analysis_template(std::string_view spec) {
  return Json().set("kind", "AnalysisTemplate").set("spec", tests::parsed(spec));
}

const Json& market_rate() {
  static const Json kTemplate = analysis_template(R"({
    "args": [{"name": "delay", "value": "2m"}, {"name": "app"}],
    "metrics": [
      {"name": "a", "initialDelay": "{{args.delay}}", "interval": "1m", "count": 5,
       "provider": {"job": {"spec": {"template": {"spec": {}}}}}},
      {"name": "b", "count": 1, "initialDelay": "1m", "provider": {"job": {"spec": {"template": {"spec": {}}}}}}]})");
  return kTemplate;
}

LeastDuration least(const Json& rollout, const Json* found = &market_rate()) {
  return least_duration(rollout, [=](const std::string&, bool) { return found; });
}

seconds of_metric(std::string_view metric) {
  const Json spec = Json().set("metrics", Json::Array{tests::parsed(metric)});
  const Json found = Json().set("spec", spec);
  return least(with_steps(R"([{"analysis": {"templates": [{"templateName": "t"}]}}])"), &found)
      .length;
}

constexpr auto kAnalysis = R"({"analysis": {"templates": [{"templateName": "t"}]}})";

}  // namespace

TEST_CASE("the templates of these tests could be real ones") {
  const tests::CrdCheck crd("crds/rollouts/analysis-template-crd.yaml");
  CHECK(crd.fault(market_rate()) == "");
}

TEST_CASE("pauses and analyses of a canary follow each other") {
  const auto found = least(with_steps(text::cat(R"([{"setWeight": 20}, )", kAnalysis,
                                                R"(, {"pause": {"duration": "10m"}},
                                                {"pause": {"duration": 30}},
                                                {"pause": {"duration": "30"}}, )",
                                                kAnalysis, "]")));
  CHECK(found.length == minutes(6 + 10 + 1 + 6));
  CHECK_FALSE(found.pauses);
  CHECK(found.notes.empty());
}

TEST_CASE("a pause without end counts nothing but is said") {
  const auto found = least(with_steps(R"([{"pause": {}}, {"pause": {"duration": "1m"}}])"));
  CHECK(found.length == minutes(1));
  CHECK(found.pauses);
}

TEST_CASE("a first version skips all steps") {
  const auto json = with_steps(R"([{"pause": {"duration": "10m"}}])");
  CHECK(least(json).length == minutes(10));
  CHECK(least(with(json, {"status", "stableRS"}, "")).length == seconds(0));
  CHECK(least(with(json, {"status"}, nullptr)).length == seconds(0));
}

TEST_CASE("a metric takes its delay and the intervals between its measurements") {
  auto [metric, length] = GENERATE(table<std::string, seconds>({
      {R"({"count": 5, "interval": "1m"})", minutes(4)},
      {R"({"count": "5", "interval": "1m"})", minutes(4)},
      {R"({"count": 5, "interval": "1m", "initialDelay": "2m"})", minutes(6)},
      {R"({"count": 1})", seconds(0)},
      {R"({"initialDelay": "1h30m"})", minutes(90)},
      // It goes on without end: somebody ends it.
      {R"({"interval": "1m"})", seconds(0)},
      // A row of successes ends it early.
      {R"({"count": 10, "interval": "1m", "consecutiveSuccessLimit": 3, "failureLimit": 2})",
       minutes(2)},
      {R"({"count": 3, "interval": "1m", "consecutiveSuccessLimit": 5})", minutes(2)},
      {R"({"interval": "1m", "consecutiveSuccessLimit": 3, "failureLimit": -1})", minutes(2)},
      {R"({"count": 3, "interval": "soon"})", seconds(0)},
      {R"({"count": 3, "interval": "-1m"})", seconds(0)},
      {R"({"count": 3, "interval": "60"})", seconds(0)},
      {R"({"count": -3, "interval": "1m"})", seconds(0)},
  }));
  CHECK(of_metric(metric) == length);
  CHECK(of_metric(R"({"count": 9223372036854775807, "interval": "87600h"})") ==
        seconds(std::chrono::years(10)));
}

TEST_CASE("the arguments of the step win over those of the template") {
  const auto json = with_steps(R"([{"analysis": {"templates": [{"templateName": "t"}],
      "args": [{"name": "delay", "value": "10m"}]}}])");
  CHECK(least(json).length == minutes(14));
}

TEST_CASE("what cannot be counted is said once") {
  const auto json = with_steps(text::cat("[", kAnalysis, ", ", kAnalysis, "]"));
  const auto found = least(json, nullptr);
  CHECK(found.length == seconds(0));
  REQUIRE(found.notes.size() == 1);
  CHECK_THAT(found.notes[0], ContainsSubstring("\"t\" could not be read"));
  const auto odd = analysis_template(R"({"metrics": [{"interval": "{{args.x}}", "count": 2}]})");
  CHECK_THAT(least(json, &odd).notes.at(0), ContainsSubstring("{{args.x}}"));
}

TEST_CASE("templates within templates are followed, but not for ever") {
  const auto outer = analysis_template(R"({"templates": [{"templateName": "inner"}]})");
  const auto json = with_steps(text::cat("[", kAnalysis, "]"));
  const auto found = least_duration(json, [&](const std::string& name, bool) {
    return name == "inner" ? &market_rate() : &outer;
  });
  CHECK(found.length == minutes(6));
  const auto circle = analysis_template(R"({"templates": [{"templateName": "t"},
      {"templateName": "t"}, {"templateName": "t"}]})");
  CHECK(least(json, &circle).notes.size() == 1);
  int asked = 0;
  least_duration(json, [&](const std::string&, bool) {
    ++asked;
    return &outer;
  });
  CHECK(asked == 8);
}

TEST_CASE("a template of the whole cluster is asked for as one") {
  std::vector<bool> asked;
  const auto json = with_steps(R"([{"analysis": {"templates": [
      {"templateName": "a"}, {"templateName": "b", "clusterScope": true}]}}])");
  least_duration(json, [&](const std::string&, bool cluster) {
    asked.push_back(cluster);
    return nullptr;
  });
  CHECK(asked == std::vector<bool>{false, true});
}

TEST_CASE("an experiment takes its time unless its analyses end it") {
  CHECK(least(with_steps(R"([{"experiment": {"duration": "5m"}}])")).length == minutes(5));
  CHECK(least(with_steps(R"([{"experiment": {"duration": "5m", "analyses":
      [{"name": "a", "requiredForCompletion": true}]}}])"))
            .length == seconds(0));
}

TEST_CASE("blue-green: the longer of pause and first analysis, and then the second") {
  auto [enabled, after, length, pauses] = GENERATE(table<Json, int, seconds, bool>({
      {nullptr, 60, minutes(12), false},
      {true, 600, minutes(16), false},
      {false, 600, minutes(12), true},
  }));
  const auto analysis = tests::parsed(R"({"templates": [{"templateName": "t"}]})");
  auto json = with(tests::blue_green(), {"spec", "strategy", "blueGreen"},
                   Json()
                       .set("autoPromotionEnabled", enabled)
                       .set("autoPromotionSeconds", after)
                       .set("prePromotionAnalysis", analysis)
                       .set("postPromotionAnalysis", analysis));
  CHECK(least(json).length == length);
  CHECK(least(json).pauses == pauses);
}

TEST_CASE("a timeout that cannot be enough is warned of") {
  CHECK(too_short(minutes(5), {.length = minutes(12)}, "lumen-api") ==
        "the timeout of 5m is shorter than the 12m that the Rollout lumen-api needs at least for "
        "its pauses and analyses: set a longer timeout");
  CHECK(too_short(minutes(12), {.length = minutes(12)}, "x").empty());
  CHECK(too_short(minutes(5), {}, "x").empty());
}

TEST_CASE("odd specifications do no harm") {
  const auto json = with_steps(text::cat(R"([{"pause": {"duration": "1m"}}, )", kAnalysis, "]"));
  tests::each_oddity(json, [](const Json& odd) { CHECK(least(odd).length <= minutes(7)); });
  tests::each_oddity(tests::blue_green(), [](const Json& odd) { least(odd); });
  tests::each_oddity(market_rate(), [&](const Json& odd) {
    CHECK(least(json, &odd).length <= std::chrono::years(10));
  });
}
