#include "plugins/argocd-sync/run/canary.hpp"

#include <map>

#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/rollout/least_duration.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;

constexpr std::string_view kGroup = "argoproj.io";

std::vector<AnalysisRun> runs_of(Way& way, const Application& app, const Rollout& rollout) {
  std::vector<AnalysisRun> runs;
  for (const AnalysisPointer& pointer : rollout.analyses) {
    const auto there =
        way.object(app, {std::string(kGroup), "AnalysisRun", rollout.name_space, pointer.name});
    // Only the words get better by it.
    if (!there || !*there) continue;
    if (auto run = read_analysis_run(**there)) runs.push_back(*std::move(run));
  }
  return runs;
}

}  // namespace

Result<std::vector<RolloutView>> rollouts_of(Way& way, const Application& app) {
  std::vector<RolloutView> views;
  for (const ResourceName& name : app.rollouts) {
    const auto there = way.object(app, name);
    if (!there) return forward(there.error());
    if (!*there) continue;  // on its way, or being removed: the Application's own status says so
    auto rollout = read_rollout(**there);
    if (!rollout) return forward(rollout.error());
    RolloutView view{*std::move(rollout), {}};
    view.runs = runs_of(way, app, view.rollout);
    views.push_back(std::move(view));
  }
  return views;
}

std::string progress_of(const std::vector<RolloutView>& views) {
  std::vector<std::string> words;
  for (const RolloutView& view : views) {
    const auto kind = standing_of(view).kind;
    if (kind == Standing::Kind::done) continue;
    words.push_back(cat(view.rollout.name, ": ", progress(view)));
  }
  return text::join(words, "; ");
}

std::string broken_ones(const std::vector<RolloutView>& views) {
  std::vector<std::string> words;
  for (const RolloutView& view : views) {
    const Standing standing = standing_of(view);
    if (standing.kind == Standing::Kind::aborted || standing.kind == Standing::Kind::failed) {
      words.push_back(cat(view.text(), ": ", standing.words));
    }
  }
  return text::join(words, "; ");
}

std::string too_slow_for(milliseconds timeout, Way& way, const Application& app) {
  std::vector<std::string> words;
  for (const ResourceName& name : app.rollouts) {
    const auto rollout = way.object(app, name);
    if (!rollout || !*rollout) continue;
    std::map<std::string, Json> read;
    const auto template_of = [&](const std::string& called, bool cluster_scope) -> const Json* {
      const char* kind = cluster_scope ? "ClusterAnalysisTemplate" : "AnalysisTemplate";
      const std::string key = cat(kind, "/", called);
      if (const auto known = read.find(key); known != read.end()) return &known->second;
      auto there = way.object(
          app, {std::string(kGroup), kind, cluster_scope ? "" : name.name_space, called});
      if (!there || !*there) return nullptr;
      return &read.emplace(key, **std::move(there)).first->second;
    };
    const auto warning = too_short(timeout, least_duration(**rollout, template_of), name.name);
    if (!warning.empty()) words.push_back(warning);
  }
  return text::join(words, "; ");
}

Result<> resume_all(Way& way, const Application& app, const Ruling& ruling) {
  for (const Ruling::Target& target : ruling.resume) {
    log::info(cat(app.name, ": resuming the Rollout ", target.name_space, "/", target.name));
    auto done = way.resume(app, {std::string(kGroup), "Rollout", target.name_space, target.name});
    if (!done) return done;
  }
  return {};
}

}  // namespace stagegate::argocd
