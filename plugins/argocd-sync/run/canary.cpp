#include "plugins/argocd-sync/run/canary.hpp"

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;

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

Result<> resume_all(Way& way, const Application& app, const Ruling& ruling) {
  for (const Ruling::Target& target : ruling.resume) {
    log::info(cat(app.name, ": resuming the Rollout ", target.name_space, "/", target.name));
    auto done = way.resume(app, {std::string(kGroup), "Rollout", target.name_space, target.name});
    if (!done) return done;
  }
  return {};
}

}  // namespace stagegate::argocd
