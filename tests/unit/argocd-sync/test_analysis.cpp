#include "plugins/argocd-sync/rollout/analysis.hpp"
#include "tests/catch.hpp"
#include "tests/unit/argocd-sync/rollout_objects.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using tests::with;
using text::Json;

namespace {

// The run with one metric of this specification and this result.
AnalysisRun run(std::string_view spec, std::string_view result) {
  auto json = tests::analysis_run();
  auto metric = tests::parsed(spec);
  json = with(json, {"spec", "metrics"}, Json::Array{metric.set("name", "m")});
  auto outcome = tests::parsed(result);
  json = with(json, {"status", "metricResults"}, Json::Array{outcome.set("name", "m")});
  return read_analysis_run(json).value();
}

}  // namespace

TEST_CASE("an AnalysisRun tells its metrics with what is wanted of them") {
  const auto read = read_analysis_run(tests::analysis_run()).value();
  CHECK(read.phase == "Running");
  REQUIRE(read.metrics.size() == 2);
  const Metric& rate = read.metrics[0];
  CHECK(rate.name == "success-rate");
  CHECK(rate.count == 2);
  CHECK(rate.failed == 1);
  CHECK(rate.wanted == 5);  // through its argument
  CHECK(rate.failure_limit == 1);
  CHECK(rate.inconclusive_limit == 0);
  CHECK(rate.error_limit == 4);
  REQUIRE(rate.last.size() == 2);
  CHECK(rate.last.back().value == "[0.99]");
  CHECK(read.metrics[1].wanted == std::nullopt);
}

TEST_CASE("how often a metric is measured") {
  auto [spec, words] = GENERATE(table<std::string, std::string>({
      {R"({})", "m Running (2/1)"},
      {R"({"count": 5, "interval": "1m"})", "m Running (2/5)"},
      {R"({"count": "5", "interval": "1m"})", "m Running (2/5)"},
      {R"({"count": 0, "interval": "1m"})", "m Running (2/...)"},
      {R"({"interval": "1m"})", "m Running (2/...)"},
      {R"({"count": "{{ args.count }}", "interval": "1m"})", "m Running (2/5)"},
      {R"({"count": "{{outs.count}}", "interval": "1m"})", "m Running (2/...)"},
      {R"({"count": "{{args.other}}", "interval": "1m"})", "m Running (2/...)"},
  }));
  CHECK(progress(run(spec, R"({"phase": "Running", "count": 2})")) == words);
}

TEST_CASE("a run whose metrics are over is said with its phase") {
  const auto over = run("{}", R"({"phase": "Successful", "count": 1})");
  CHECK(progress(over) == "query-api-new5-7-2 Running");
}

TEST_CASE("what a metric says against the new version") {
  auto [spec, result, words] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"failureLimit": 1})", R"({"phase": "Failed", "count": 3, "failed": 2})",
       "m Failed: failed 2 > failureLimit 1"},
      {R"({"failureLimit": "1"})", R"({"phase": "Failed", "count": 3, "failed": 2})",
       "m Failed: failed 2 > failureLimit 1"},
      {R"({})", R"({"phase": "Failed", "count": 1, "failed": 1})",
       "m Failed: failed 1 > failureLimit 0"},
      // Not enough successes in a row.
      {R"({"failureLimit": 2})", R"({"phase": "Failed", "count": 3, "failed": 2})",
       "m Failed: failed 2, inconclusive 0 of 3"},
      {R"({"failureLimit": -1})", R"({"phase": "Failed", "count": 3, "failed": 2})",
       "m Failed: failed 2, inconclusive 0 of 3"},
      {R"({"failureLimit": "{{args.x}}"})", R"({"phase": "Failed", "count": 3, "failed": 2})",
       "m Failed: failed 2, inconclusive 0 of 3"},
      {R"({"inconclusiveLimit": 2})", R"({"phase": "Inconclusive", "count": 3, "inconclusive": 3})",
       "m Inconclusive: inconclusive 3 > inconclusiveLimit 2"},
      {R"({})",
       R"({"phase": "Error", "consecutiveError": 5, "measurements":
           [{"phase": "Error", "message": "connection refused"}]})",
       "m Error: errors in a row 5 > consecutiveErrorLimit 4, last values Error (connection "
       "refused)"},
      {R"({})", R"({"phase": "Successful", "count": 1})", ""},
      {R"({})", R"({"phase": "Running", "count": 1, "failed": 9})", ""},
      {R"({})", R"({"phase": "Failed", "count": 1, "failed": 1, "dryRun": true})", ""},
  }));
  CHECK(against(run(spec, result)) == words);
}

TEST_CASE("of many measurements the last ones are kept") {
  Json::Array all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(Json().set("phase", "Failed").set("value", std::to_string(i)));
  }
  auto json = tests::analysis_run();
  const auto result =
      Json().set("name", "success-rate").set("phase", "Failed").set("measurements", all);
  json = with(json, {"status", "metricResults"}, Json::Array{result});
  CHECK_THAT(against(read_analysis_run(json).value()),
             ContainsSubstring("last values 7, 8, 9, 10, 11"));
}

TEST_CASE("many metrics are not all said") {
  Json::Array all;
  for (int i = 0; i < 150; ++i) {
    all.push_back(Json().set("name", "m" + std::to_string(i)).set("phase", "Failed"));
  }
  const auto json = with(tests::analysis_run(), {"status", "metricResults"}, all);
  const auto read = read_analysis_run(json).value();
  CHECK(read.metrics.size() == 100);
  CHECK_THAT(against(read), ContainsSubstring(" and 95 more"));
}

TEST_CASE("what is no AnalysisRun is refused, and odd ones are read without harm") {
  CHECK_FALSE(read_analysis_run(Json()));
  CHECK_FALSE(read_analysis_run(tests::canary()));
  tests::each_oddity(tests::analysis_run(), [](const Json& odd) {
    const auto read = read_analysis_run(odd);
    if (!read) return;
    progress(*read);
    against(*read);
  });
}
