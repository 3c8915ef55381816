#include "plugins/argocd-sync/rollout/analysis.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"
#include "plugins/argocd-sync/rollout/arguments.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kMostMetrics = 100;
constexpr std::size_t kMeasurements = 5;  // that are kept of each metric
constexpr std::size_t kInWords = 5;       // metrics

std::optional<std::int64_t> limit_of(const Json& spec, std::string_view name,
                                     const Arguments& arguments, std::int64_t otherwise) {
  const Json* limit = spec.find(name);
  if (limit == nullptr || limit->is_null()) return otherwise;
  return whole_number(with_arguments(*limit, arguments));
}

// Without a count and an interval it is measured once; with an interval only, for ever.
std::optional<std::int64_t> wanted_of(const Json& spec, const Arguments& arguments) {
  const auto count = whole_number(with_arguments(member(spec, {"count"}), arguments)).value_or(0);
  if (count != 0) return count;
  if (!string_at(spec, {"interval"}).empty()) return std::nullopt;
  return 1;
}

void read_limits(const Json& spec, const Arguments& arguments, Metric& metric) {
  metric.wanted = wanted_of(spec, arguments);
  metric.failure_limit = limit_of(spec, "failureLimit", arguments, 0);
  metric.inconclusive_limit = limit_of(spec, "inconclusiveLimit", arguments, 0);
  metric.error_limit = limit_of(spec, "consecutiveErrorLimit", arguments, 4);
}

Metric metric_of(const Json& result) {
  Metric metric;
  metric.name = words_at(result, {"name"});
  metric.phase = words_at(result, {"phase"});
  metric.message = words_at(result, {"message"});
  metric.dry_run = is_true(member(result, {"dryRun"}));
  const auto count = [&](std::string_view name) {
    return whole_number(member(result, {name})).value_or(0);
  };
  metric.count = count("count");
  metric.failed = count("failed");
  metric.inconclusive = count("inconclusive");
  metric.consecutive_error = count("consecutiveError");
  const Json::Array& all = array_of(member(result, {"measurements"}));
  for (std::size_t at = all.size() - std::min(all.size(), kMeasurements); at < all.size(); ++at) {
    metric.last.push_back({words_at(all[at], {"phase"}), words_at(all[at], {"value"}),
                           words_at(all[at], {"message"})});
  }
  return metric;
}

bool is_over(const std::string& phase) {
  constexpr std::array<std::string_view, 4> kOver = {"Successful", "Failed", "Error",
                                                     "Inconclusive"};
  return std::ranges::find(kOver, phase) != kOver.end();
}

std::string passed(std::string_view what, std::int64_t count, std::string_view limit_name,
                   std::optional<std::int64_t> limit) {
  // A negative limit is switched off.
  if (!limit || *limit < 0 || count <= *limit) return {};
  return cat(what, " ", count, " > ", limit_name, " ", *limit);
}

std::string reason(const Metric& metric) {
  std::string words;
  if (metric.phase == "Failed") {
    words = passed("failed", metric.failed, "failureLimit", metric.failure_limit);
  } else if (metric.phase == "Inconclusive") {
    words =
        passed("inconclusive", metric.inconclusive, "inconclusiveLimit", metric.inconclusive_limit);
  } else if (metric.phase == "Error") {
    words = passed("errors in a row", metric.consecutive_error, "consecutiveErrorLimit",
                   metric.error_limit);
  }
  if (!words.empty()) return words;
  return cat("failed ", metric.failed, ", inconclusive ", metric.inconclusive, " of ",
             metric.count);
}

std::string values(const Metric& metric) {
  std::vector<std::string> words;
  for (const Measurement& one : metric.last) {
    // An error has no value.
    words.push_back(one.value.empty() ? one.phase : one.value);
  }
  return words.empty() ? std::string() : cat(", last values ", text::join(words, ", "));
}

std::string verdict(const Metric& metric) {
  std::string message = metric.message;
  if (message.empty() && !metric.last.empty()) message = metric.last.back().message;
  return cat(metric.name, " ", metric.phase, ": ", reason(metric), values(metric),
             message.empty() ? "" : cat(" (", message, ")"));
}

template <class Wanted, class Words>
std::string of_metrics(const AnalysisRun& run, const Wanted& wanted, const Words& words_of) {
  std::vector<std::string> words;
  std::size_t more = 0;
  for (const Metric& metric : run.metrics) {
    if (!wanted(metric)) continue;
    if (words.size() < kInWords)
      words.push_back(words_of(metric));
    else
      ++more;
  }
  return cat(text::join(words, "; "), more == 0 ? "" : cat(" and ", more, " more"));
}

}  // namespace

Result<AnalysisRun> read_analysis_run(const Json& json) {
  const std::string kind = string_at(json, {"kind"});
  if (!kind.empty() && kind != "AnalysisRun") {
    return unknown(cat("no AnalysisRun came, but a ", text::quoted(kind)));
  }
  AnalysisRun run;
  run.name = words_at(json, {"metadata", "name"});
  if (run.name.empty()) return unknown("no AnalysisRun came: it has no name");
  run.phase = words_at(json, {"status", "phase"});
  run.message = words_at(json, {"status", "message"});
  Arguments arguments;
  add_arguments(arguments, member(json, {"spec", "args"}));
  for (const Json& result : array_of(member(json, {"status", "metricResults"}))) {
    if (run.metrics.size() == kMostMetrics) break;
    run.metrics.push_back(metric_of(result));
    for (const Json& spec : array_of(member(json, {"spec", "metrics"}))) {
      if (spec.text("name") != result.text("name")) continue;
      read_limits(spec, arguments, run.metrics.back());
      break;
    }
  }
  return run;
}

std::string progress(const AnalysisRun& run) {
  const std::string words = of_metrics(
      run, [](const Metric& metric) { return !is_over(metric.phase); },
      [](const Metric& metric) {
        return cat(metric.name, " ", metric.phase, " (", metric.count, "/",
                   metric.wanted ? cat(*metric.wanted) : "...", ")");
      });
  return words.empty() ? cat(run.name, " ", run.phase) : words;
}

std::string against(const AnalysisRun& run) {
  return of_metrics(
      run,
      [](const Metric& metric) {
        return !metric.dry_run && is_over(metric.phase) && metric.phase != "Successful";
      },
      verdict);
}

}  // namespace stagegate::argocd
