#include "plugins/argocd-sync/run/watch.hpp"

#include <algorithm>
#include <array>

#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/canary.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Kind = Judgement::Kind;

// A request to compare that meets a comparison that runs is dropped (argo-cd#28306): ask again.
constexpr milliseconds kBetweenLooks{10'000};
// Argo CD that does not take up a request to compare for so long has not been heard.
constexpr milliseconds kForConfirmation{20'000};
constexpr milliseconds kBetweenResumes{30'000};

Ending::Kind ending_of(Kind kind) {
  switch (kind) {
    case Kind::success:
      return Ending::Kind::success;
    case Kind::superseded:
      return Ending::Kind::superseded;
    case Kind::reverted:
      return Ending::Kind::reverted;
    case Kind::lost:
      return Ending::Kind::lost;
    case Kind::blocked:
      return Ending::Kind::blocked;
    case Kind::paused:
      return Ending::Kind::paused;
    case Kind::gone:
      return Ending::Kind::gone;
    case Kind::failed:
    case Kind::waiting:
      break;
  }
  return Ending::Kind::failed;
}

Patience patience_of(const WatchSettings& settings) {
  Patience patience;
  patience.settle = settings.settle;
  patience.degraded_grace = settings.degraded_grace;
  patience.error_grace = settings.error_grace;
  patience.out_of_sync_grace = settings.out_of_sync_grace;
  patience.image_grace = settings.image_grace;
  patience.window_grace = settings.window_grace;
  return patience;
}

bool is_named(const ResourceName& resource, const std::vector<std::string>& names) {
  const std::string kind = cat(resource.group, "/", resource.kind);
  return std::ranges::any_of(names, [&](const std::string& name) {
    return name == kind || name == cat(kind, "/", resource.name) ||
           (resource.group.empty() &&
            (name == resource.kind || name == cat(resource.kind, "/", resource.name)));
  });
}

}  // namespace

Health health_without(const Application& app, const std::vector<std::string>& ignored) {
  if (ignored.empty() || app.health == Health::healthy) return app.health;
  Health worst = Health::healthy;
  bool any = false;
  for (const ResourceState& one : app.troubled) {
    if (one.state == word(Sync::out_of_sync)) continue;
    if (is_named(one.resource, ignored)) {
      any = true;
      continue;
    }
    worst = std::max(worst, health_named(one.state).value_or(Health::unknown));
  }
  // An Application may be unhealthy by itself, too, or by what is not named here.
  return any && !app.more_trouble ? worst : app.health;
}

Watch::Watch(const Tools& tools, Sight& sight, Goal goal, const std::string& adopted, Source source)
    : tools_(tools),
      sight_(sight),
      images_(goal.images),
      judge_(std::move(goal), patience_of(tools.options.watch)),
      source_(std::move(source)) {
  if (!adopted.empty()) judge_.adopt(adopted);
}

Ending Watch::run() {
  sight_.listen();
  while (true) {
    if (auto ending = sight_.read()) return *ending;
    Application app = sight_.app();
    app.health = health_without(app, tools_.options.ignore_health);
    const Judgement judgement = judge_.judge(app, sight_.now());
    if (judgement.kind != Kind::success) confirming_.reset();
    auto found = judgement.over() ? conclude(judgement) : follow(judgement);
    if (found) return *std::move(found);
  }
}

Found Watch::conclude(const Judgement& judgement) {
  switch (judgement.kind) {
    case Kind::success:
      return confirm(judgement);
    case Kind::paused:
      return paused(judgement);
    case Kind::failed:
      return failed(judgement);
    default:
      return sight_.over(ending_of(judgement.kind), judgement.words);
  }
}

// It waits for what the words say.
Found Watch::follow(const Judgement& judgement) {
  if (judgement.degraded) {
    if (auto ending = aborted()) return ending;
  }
  const bool rolls_out = sight_.app().health == Health::progressing;
  sight_.say(rolls_out ? with_rollouts(judgement.words) : judgement.words);
  if (!judgement.other_revision.empty()) {
    if (auto ending = look_into(judgement.other_revision)) return ending;
  }
  if (auto ending = look(judgement)) return ending;
  return sight_.rest(judgement.again);
}

Found Watch::look(const Judgement& judgement) {
  if (judgement.ask == Judgement::Ask::nothing) return std::nullopt;
  if (looked_ && sight_.now() - *looked_ < kBetweenLooks) return std::nullopt;
  looked_ = sight_.now();
  const bool hard = judgement.ask == Judgement::Ask::hard_refresh;
  const auto done = sight_.way().look(sight_.name(), hard ? Look::hard : Look::again);
  // Argo CD compares by itself, too, only later.
  if (!done) log::info(cat(sight_.name(), ": ", done.error().message));
  sight_.stir();
  return std::nullopt;
}

// A revision without what is wished is from before our commit, or from after another one.
Found Watch::look_into(const std::string& revision) {
  if (!source_.holds || std::ranges::find(not_in_, revision) != not_in_.end()) return std::nullopt;
  const auto there = source_.holds(revision);
  if (!there) {
    log::info(cat(sight_.name(), ": ", there.error().message));
    return std::nullopt;
  }
  if (*there) {
    judge_.accept(revision);
    sight_.stir();
    return std::nullopt;
  }
  not_in_.push_back(revision);
  auto replaced = source_.replaced();
  if (replaced.empty()) return std::nullopt;
  return sight_.over(Ending::Kind::reverted, std::move(replaced));
}

// All was right for long enough. One more comparison, that was asked for after that, has to say the
// same, and the pods that serve have to be those of the new version.
Found Watch::confirm(const Judgement& judgement) {
  if (!confirming_) {
    confirming_ = sight_.now();
    if (auto done = sight_.way().look(sight_.name(), Look::again); !done) {
      log::info(cat(sight_.name(), ": ", done.error().message));
    }
    return std::nullopt;
  }
  if (sight_.app().refreshing && sight_.now() - *confirming_ < kForConfirmation) {
    sight_.say("for a last comparison");
    return sight_.nap(tools_.options.watch.poll_min);
  }
  return by_rollouts(judgement, sight_.over(Ending::Kind::success, judgement.words));
}

// Something is suspended: a Rollout that pauses, as a rule.
Found Watch::paused(const Judgement& judgement) {
  switch (tools_.options.on_pause) {
    case OnPause::fail:
      return by_rollouts(judgement, sight_.over(Ending::Kind::paused, judgement.words));
    case OnPause::succeed:
      return by_rollouts(judgement, standing(judgement.words));
    case OnPause::wait:
    case OnPause::resume:
      break;
  }
  return by_rollouts(judgement, std::nullopt);
}

// What follows from the Rollouts, or else `otherwise`, when none is in the way; nothing: it waits.
Found Watch::by_rollouts(const Judgement& judgement, const Found& otherwise) {
  if (sight_.app().rollouts.empty()) return otherwise ? otherwise : wait_although(judgement.words);
  const auto views = rollouts_of(sight_.way(), sight_.app());
  if (!views && views.error().passing) return sight_.rest(std::nullopt);
  if (!views) return sight_.failed(views.error());
  if (auto broken = broken_ones(*views); !broken.empty()) {
    return sight_.over(Ending::Kind::failed, std::move(broken));
  }
  const Ruling ruling = rule(*views, tools_.options.on_pause);
  switch (ruling.kind) {
    case Ruling::Kind::done:
      return otherwise ? otherwise : wait_although(judgement.words);
    case Ruling::Kind::succeed:
      if (auto ending = standing(ruling.words)) return ending;
      break;
    case Ruling::Kind::fail:
    case Ruling::Kind::inconclusive:
      return sight_.over(Ending::Kind::paused, ruling.words);
    case Ruling::Kind::wait:
      break;
    case Ruling::Kind::resume:
      if (auto ending = resume(ruling)) return ending;
  }
  return wait_although(ruling.words);
}

Found Watch::resume(const Ruling& ruling) {
  if (resumed_ && sight_.now() - *resumed_ < kBetweenResumes) return std::nullopt;
  resumed_ = sight_.now();
  const auto done = resume_all(sight_.way(), sight_.app(), ruling);
  if (!done) return sight_.failed(done.error());
  sight_.stir();
  return std::nullopt;
}

Found Watch::wait_although(const std::string& words) {
  const std::string missing = missing_image();
  sight_.say(cat("although ", words, missing.empty() ? "" : "; no pod runs ", missing));
  return sight_.rest(std::nullopt);
}

// A canary that stands runs the new images beside the old ones. Until it does, or where it is
// something else that is suspended, it is no success.
Found Watch::standing(const std::string& words) const {
  if (!missing_image().empty()) return std::nullopt;
  return sight_.over(Ending::Kind::success, words);
}

std::string Watch::missing_image() const {
  const auto& there = sight_.app().images;
  const auto missing = std::ranges::find_if(images_, [&](const std::string& image) {
    return std::ranges::find(there, image) == there.end();
  });
  return missing == images_.end() ? std::string() : *missing;
}

// A canary that was aborted is not waited out. Kubernetes does not keep the health of single
// resources: there only the Rollout itself says it.
Found Watch::aborted() {
  if (sight_.app().rollouts.empty()) return std::nullopt;
  const auto views = rollouts_of(sight_.way(), sight_.app());
  auto broken = views ? broken_ones(*views) : std::string();
  if (broken.empty()) return std::nullopt;
  return sight_.over(Ending::Kind::failed, std::move(broken));
}

Found Watch::failed(const Judgement& judgement) {
  return sight_.over(Ending::Kind::failed, with_rollouts(judgement.words));
}

std::string Watch::with_rollouts(const std::string& words) {
  if (sight_.app().rollouts.empty()) return words;
  const auto views = rollouts_of(sight_.way(), sight_.app());
  if (!views) return words;
  const std::string broken = broken_ones(*views);
  const std::string said = broken.empty() ? progress_of(*views) : broken;
  return said.empty() ? words : cat(words, " (", said, ")");
}

}  // namespace stagegate::argocd
