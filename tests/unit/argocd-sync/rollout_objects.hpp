// Rollouts and AnalysisRuns as their controller writes them, for tests.
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/text/json.hpp"

namespace stagegate::tests {

inline text::Json parsed(std::string_view text) {
  return text::parse_json(text).value();
}

// In its third step of six, an analysis, with 40 % of the weight.
inline text::Json canary() {
  return parsed(R"({
    "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
    "metadata": {"name": "query-api", "namespace": "stonks-beta", "generation": 7},
    "spec": {
      "replicas": 5,
      "strategy": {"canary": {"stableService": "s", "canaryService": "c", "steps": [
        {"setWeight": 20}, {"setWeight": 40},
        {"analysis": {"templates": [{"templateName": "success-rate"}]}},
        {"pause": {"duration": "10m"}}, {"pause": {}}, {"setWeight": 80}]}}},
    "status": {
      "observedGeneration": "7", "phase": "Progressing",
      "message": "waiting for all steps to complete",
      "currentStepIndex": 2, "currentPodHash": "new5", "stableRS": "old1",
      "replicas": 6, "updatedReplicas": 2, "availableReplicas": 6,
      "canary": {
        "weights": {"canary": {"weight": 40, "podTemplateHash": "new5"},
                    "stable": {"weight": 60, "podTemplateHash": "old1"}},
        "currentStepAnalysisRunStatus": {"name": "query-api-new5-7-2", "status": "Running"}}}})");
}

inline text::Json blue_green() {
  return parsed(R"({
    "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
    "metadata": {"name": "web", "namespace": "stonks-beta", "generation": 3},
    "spec": {
      "replicas": 2,
      "strategy": {"blueGreen": {"activeService": "a", "previewService": "p",
                                 "autoPromotionEnabled": false}}},
    "status": {
      "observedGeneration": "3", "phase": "Paused", "message": "BlueGreenPause",
      "controllerPause": true,
      "pauseConditions": [{"reason": "BlueGreenPause", "startTime": "2026-08-24T12:00:00Z"}],
      "currentPodHash": "new5", "stableRS": "old1", "updatedReplicas": 2,
      "blueGreen": {"activeSelector": "old1", "previewSelector": "new5",
        "prePromotionAnalysisRunStatus": {"name": "web-new5-3-pre", "status": "Successful"}}}})");
}

inline text::Json analysis_run() {
  return parsed(R"({
    "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
    "metadata": {"name": "query-api-new5-7-2", "namespace": "stonks-beta"},
    "spec": {
      "args": [{"name": "count", "value": "5"}],
      "metrics": [
        {"name": "success-rate", "interval": "1m", "count": "{{args.count}}", "failureLimit": 1,
         "successCondition": "result[0] >= 0.95",
         "provider": {"prometheus": {"address": "http://prometheus:9090", "query": "up"}}},
        {"name": "latency", "interval": "1m",
         "provider": {"prometheus": {"address": "http://prometheus:9090", "query": "up"}}}]},
    "status": {
      "phase": "Running",
      "metricResults": [
        {"name": "success-rate", "phase": "Running", "count": 2, "successful": 1, "failed": 1,
         "measurements": [
           {"phase": "Failed", "value": "[0.91]", "startedAt": "2026-08-24T12:00:00Z"},
           {"phase": "Successful", "value": "[0.99]", "startedAt": "2026-08-24T12:01:00Z"}]},
        {"name": "latency", "phase": "Running", "count": 1}]}})");
}

inline void put(text::Json& json, std::span<const std::string_view> path, text::Json value) {
  if (path.empty()) {
    json = std::move(value);
    return;
  }
  const text::Json* there = json.find(path.front());
  text::Json inner = there == nullptr ? text::Json() : *there;
  put(inner, path.subspan(1), std::move(value));
  json.set(std::string(path.front()), std::move(inner));
}

// The same with another value, or a new one, at the path.
inline text::Json with(text::Json json, std::initializer_list<std::string_view> path,
                       text::Json value) {
  put(json, {path.begin(), path.size()}, std::move(value));
  return json;
}

// The object once more for each place in it and each odd value there.
inline void each_oddity(const text::Json& json,
                        const std::function<void(const text::Json& odd)>& told) {
  for (const std::string_view odd :
       {"null", "-1", "1e300", "true", "\"x\"", "\"-9223372036854775808\"", "[]", "{}",
        "[null, 1, [{}]]", "[{\"name\": 1}, {\"reason\": []}]", R"({"items": {"name": [{}]}})"}) {
    told(parsed(odd));
  }
  if (json.object() != nullptr) {
    for (const auto& [name, value] : *json.object()) {
      each_oddity(value, [&, &member = name](const text::Json& odd) {
        told(text::Json(json).set(member, odd));
      });
    }
  }
  if (json.array() == nullptr) return;
  for (std::size_t at = 0; at < json.array()->size(); ++at) {
    each_oddity((*json.array())[at], [&](const text::Json& odd) {
      text::Json::Array others = *json.array();
      others[at] = odd;
      told(others);
    });
  }
}

}  // namespace stagegate::tests
