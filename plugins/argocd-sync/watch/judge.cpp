#include "plugins/argocd-sync/watch/judge.hpp"

#include <algorithm>
#include <array>

#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Kind = Judgement::Kind;

constexpr std::string_view kBlocked = "blocked by sync window";
constexpr std::size_t kInWords = 5;

Judgement waiting(std::string words) {
  return {.kind = Kind::waiting, .words = std::move(words)};
}

Judgement over(Kind kind, std::string words) {
  return {.kind = kind, .words = std::move(words)};
}

template <class List, class Text>
std::string some_of(const List& list, const Text& text_of) {
  std::vector<std::string> words;
  for (const auto& one : list) {
    if (words.size() == kInWords) break;
    words.push_back(text_of(one));
  }
  const std::size_t more = list.size() - words.size();
  return cat(text::join(words, "; "), more == 0 ? "" : cat(" and ", more, " more"));
}

std::string states(const std::vector<ResourceState>& list) {
  return some_of(list, [](const ResourceState& one) {
    return cat(one.resource.text(), " is ", one.state, one.message.empty() ? "" : ": ",
               one.message);
  });
}

std::string who(const Operation& operation) {
  if (operation.automated) return "auto-sync";
  return operation.by.empty() ? "somebody" : operation.by;
}

// No waiting mends these.
bool is_final_reason(std::string_view health_message) {
  constexpr std::array<std::string_view, 3> kFinal = {"RolloutAborted", "ProgressDeadlineExceeded",
                                                      "InvalidSpec"};
  return std::ranges::any_of(kFinal, [&](std::string_view reason) {
    return health_message.find(reason) != std::string_view::npos;
  });
}

// Not every Argo CD puts the resource's words into the Application's.
bool is_final(const Application& app) {
  return is_final_reason(app.health_message) ||
         std::ranges::any_of(app.troubled, [](const ResourceState& one) {
           return one.state == word(Health::degraded) && is_final_reason(one.message);
         });
}

std::string_view repository_of(std::string_view image) {
  return settings::without_tag(image.substr(0, image.find('@')));
}

std::string_view brief(std::string_view revision) {
  constexpr std::size_t kSha = 40;
  return revision.size() < kSha ? revision : revision.substr(0, 10);
}

std::string spoken(const std::string& message) {
  return message.empty() ? std::string() : cat(": ", message);
}

}  // namespace

Judgement Judge::judge(const Application& app, milliseconds now) {
  for (auto& [what, spell] : spells_) spell.lasting = false;
  again_.reset();
  auto decided = [&]() -> Judgement {
    if (app.deleting) return over(Kind::gone, "the Application is being deleted");
    if (auto found = ownership(app, now)) return *found;
    if (goal_.reverted) {
      const std::string words = goal_.reverted(app);
      if (!words.empty()) return over(Kind::reverted, words);
    }
    if (app.state) {
      if (auto found = running(*app.state, now)) return *found;
      if (auto found = completeness(*app.state)) return *found;
    }
    if (auto found = freshness(app, now)) return *found;
    if (auto found = agreement(app, now)) return *found;
    if (auto found = revision(app)) return *found;
    if (auto found = synchrony(app, now)) return *found;
    if (auto found = health(app, now)) return *found;
    if (auto found = images(app, now)) return *found;
    return settled(now);
  }();
  std::erase_if(spells_, [](const auto& spell) { return !spell.second.lasting; });
  decided.again = again_;
  return decided;
}

bool Judge::within(milliseconds grace, const std::string& what, milliseconds now) {
  const auto [spell, fresh] = spells_.try_emplace(what, Spell{now, true});
  spell->second.lasting = true;
  const milliseconds left = grace - (now - spell->second.begun);
  if (left.count() <= 0) return false;
  again_ = std::min(left, again_.value_or(left));
  return true;
}

bool Judge::mine(const Operation& operation, std::string_view started_at) const {
  if (goal_.run.empty() || operation.run == goal_.run) return true;
  return !adopted_.empty() && adopted_ == started_at;
}

// Whose operation it is that we see. When ours has succeeded, somebody else may sync again: then it
// counts whether all is as we want it in the end.
Judge::Found Judge::ownership(const Application& app, milliseconds now) {
  if (app.operation && !mine(*app.operation, app.state ? app.state->started_at : "")) {
    if (succeeded_) return waiting(cat("for the sync of ", who(*app.operation), " to end"));
    return over(Kind::superseded,
                cat(who(*app.operation), " has started another sync before ours had ended"));
  }
  if (app.state && !mine(app.state->operation, app.state->started_at)) {
    if (app.operation) return waiting("for the sync to begin");
    if (succeeded_) return std::nullopt;
    return over(Kind::superseded,
                cat("the last sync is not ours but that of ", who(app.state->operation)));
  }
  if (app.operation && !app.state) return waiting("for the sync to begin");
  if (app.state || goal_.run.empty()) return std::nullopt;
  if (within(patience_.lost_grace, "lost", now)) return waiting("for the sync to be seen");
  return over(Kind::lost, "our sync has vanished: somebody has removed the operation");
}

Judge::Found Judge::running(const OperationState& state, milliseconds now) {
  switch (state.phase) {
    case Phase::none:
      return waiting("for the sync to begin");
    case Phase::terminating:
      return waiting("for the sync to be terminated");
    case Phase::failed:
    case Phase::error:
      return over(Kind::failed, cat("the sync failed", spoken(state.message),
                                    state.failed.empty() ? "" : cat("; ", states(state.failed))));
    case Phase::running:
      break;
    case Phase::succeeded:
      succeeded_ = true;
      return std::nullopt;
  }
  if (state.message.find(kBlocked) != std::string::npos) {
    if (within(patience_.window_grace, "window", now)) {
      return waiting("for the sync window (the first look of Argo CD may be wrong)");
    }
    return over(Kind::blocked, cat("a sync window blocks the sync", spoken(state.message)));
  }
  // Running with an end is the pause before another try.
  if (state.finished_at) return waiting(cat("for Argo CD to try again", spoken(state.message)));
  return waiting(cat("for the sync to end", spoken(state.message)));
}

// V1: all of it was synced, not a part.
Judge::Found Judge::completeness(const OperationState& state) const {
  if (goal_.run.empty()) return std::nullopt;
  if (state.operation.partial && mine(state.operation, state.started_at)) {
    return over(Kind::failed,
                "only a part was synced: the operation names resources that we did not ask for "
                "(argo-cd#28701); sync again");
  }
  if (!state.failed.empty()) {
    return over(Kind::failed,
                cat("the sync succeeded without a part of it; ", states(state.failed)));
  }
  return std::nullopt;
}

Judgement Judge::look_again(std::string words, milliseconds now) {
  Judgement judgement = waiting(std::move(words));
  judgement.ask = within(patience_.hard_refresh, "stale", now) ? Judgement::Ask::refresh
                                                               : Judgement::Ask::hard_refresh;
  return judgement;
}

// V2: the comparison began after the operation had ended. Both times are cut to the second by the
// same clock, so an equal one may have begun before.
Judge::Found Judge::freshness(const Application& app, milliseconds now) {
  if (!app.state || !app.state->finished_at) return std::nullopt;
  if (app.reconciled_at && *app.reconciled_at > *app.state->finished_at) return std::nullopt;
  return look_again("for Argo CD to compare again", now);
}

// V3 and V5: the comparison is about this specification, and it could be made.
Judge::Found Judge::agreement(const Application& app, milliseconds now) {
  if (!same_sources(app.sources, app.compared)) {
    return look_again("for Argo CD to compare with the new specification", now);
  }
  if (app.errors.empty()) return std::nullopt;
  const std::string words = some_of(app.errors, [](const std::string& one) { return one; });
  if (within(patience_.error_grace, "error", now)) return waiting(cat("although ", words));
  return over(Kind::failed, words);
}

// V4: what was applied is what was compared and what was asked for.
Judge::Found Judge::revision(const Application& app) const {
  const auto is_wanted = [&](std::size_t place) {
    const std::string& there = app.revisions[place];
    if (std::ranges::find(accepted_, there) != accepted_.end()) return true;
    if (place >= goal_.revisions.size() || goal_.revisions[place].empty()) return true;
    return there == goal_.revisions[place];
  };
  if (app.revisions.empty()) return waiting("for a revision to be known");
  if (app.revisions.size() < goal_.revisions.size()) return waiting("for all revisions");
  for (std::size_t place = 0; place < app.revisions.size(); ++place) {
    if (is_wanted(place)) continue;
    Judgement judgement = waiting(cat("for revision ", brief(goal_.revisions[place]),
                                      ", Argo CD is at ", brief(app.revisions[place])));
    judgement.other_revision = app.revisions[place];
    judgement.ask = Judgement::Ask::refresh;
    return judgement;
  }
  return std::nullopt;
}

// V6.
Judge::Found Judge::synchrony(const Application& app, milliseconds now) {
  if (app.sync == Sync::synced) return std::nullopt;
  if (app.sync == Sync::unknown) return waiting("for Argo CD to know whether it is in sync");
  const bool pruning = app.state && !app.state->prune_skipped.empty();
  // Argo CD says OutOfSync for what is left over, and for what differs.
  if (pruning && goal_.leftovers && app.differing == 0) return std::nullopt;
  if (pruning && !goal_.leftovers) {
    return over(Kind::failed, cat("resources are left over that a sync with prune would remove: ",
                                  some_of(app.state->prune_skipped,
                                          [](const ResourceName& name) { return name.text(); })));
  }
  if (within(patience_.out_of_sync_grace, "out of sync", now)) return waiting("to be in sync");
  return over(Kind::failed, cat("it does not get in sync; ", states(app.troubled)));
}

// V7.
Judge::Found Judge::health(const Application& app, milliseconds now) {
  const std::string said = spoken(app.health_message);
  switch (app.health) {
    case Health::healthy:
      return std::nullopt;
    case Health::suspended:
      return over(Kind::paused, cat("it is suspended", said));
    case Health::degraded:
      if (!is_final(app) && within(patience_.degraded_grace, "degraded", now)) {
        return Judgement{.words = cat("although it is Degraded", said), .degraded = true};
      }
      return over(Kind::failed, cat("it is Degraded", said,
                                    app.troubled.empty() ? "" : cat("; ", states(app.troubled))));
    case Health::progressing:
    case Health::missing:
    case Health::unknown:
      return waiting(cat("to be healthy; it is ", word(app.health), said));
  }
  return waiting("to be healthy");
}

// V8: the pods that are there have the images. A parameter that no chart reads syncs well.
Judge::Found Judge::images(const Application& app, milliseconds now) {
  for (const std::string& image : goal_.images) {
    if (std::ranges::find(app.images, image) != app.images.end()) continue;
    const std::string words = cat("no pod runs ", image);
    if (within(patience_.image_grace, "images", now)) return waiting(cat("for its pods: ", words));
    return over(Kind::failed, cat("it is Synced and Healthy, but ", words, " (there are ",
                                  some_of(app.images, [](const std::string& one) { return one; }),
                                  "): does the chart read the tag from where it was set?"));
  }
  return goal_.exclusive ? leftover_images(app, now) : std::nullopt;
}

Judge::Found Judge::leftover_images(const Application& app, milliseconds now) {
  for (const std::string& image : app.images) {
    for (const std::string& wanted : goal_.images) {
      if (image == wanted || repository_of(image) != repository_of(wanted)) continue;
      const std::string words = cat("a pod still runs ", image);
      if (within(patience_.image_grace, "old images", now)) return waiting(cat("although ", words));
      return over(Kind::failed, cat("it is Synced and Healthy, but ", words));
    }
  }
  return std::nullopt;
}

// V9.
Judgement Judge::settled(milliseconds now) {
  if (within(patience_.settle, "good", now)) return waiting("to see that it stays so");
  return over(Kind::success, "synced and healthy");
}

}  // namespace stagegate::argocd
