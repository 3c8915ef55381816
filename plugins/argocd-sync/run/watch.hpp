// Looks at an Application until it is known what has come of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugins/argocd-sync/rollout/policy.hpp"
#include "plugins/argocd-sync/run/sight.hpp"
#include "plugins/argocd-sync/watch/judge.hpp"

namespace stagegate::argocd {

class Watch {
 public:
  // What Git says of what is wished. Only for the write-back.
  struct Source {
    // Whether it is in that revision, too.
    std::function<Result<bool>(const std::string& revision)> holds;
    // Who has put something else in its place on the branch; empty: nobody, as far as is known.
    std::function<std::string()> replaced;
  };

  Watch(const Tools& tools, Sight& sight, Goal goal, const std::string& adopted, Source source);
  Ending run();

 private:
  Found conclude(const Judgement& judgement);
  Found confirm(const Judgement& judgement);
  Found paused(const Judgement& judgement);
  Found failed(const Judgement& judgement);
  Found aborted();
  Found follow(const Judgement& judgement);
  Found look(const Judgement& judgement);
  Found look_into(const std::string& revision);
  std::string with_rollouts(const std::string& words);
  Found by_rollouts(const Judgement& judgement, const Found& otherwise);
  Found resume(const Ruling& ruling);
  Found wait_although(const std::string& words);
  Found standing(const std::string& words) const;
  std::string missing_image() const;

  const Tools& tools_;
  Sight& sight_;
  std::vector<std::string> images_;
  Judge judge_;
  Source source_;
  std::optional<milliseconds> looked_;
  std::optional<milliseconds> confirming_;
  std::optional<milliseconds> resumed_;
  std::vector<std::string> not_in_;  // revisions that do not have what is wished
};

// Its health as if the resources were all right that `ignored` names: "apps/Deployment",
// "apps/Deployment/query-api".
Health health_without(const Application& app, const std::vector<std::string>& ignored);

}  // namespace stagegate::argocd
