#include "plugins/argocd-sync/rollout/policy.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace stagegate::argocd {

using text::cat;

namespace {

constexpr std::size_t kInWords = 5;

// From the best to the worst.
constexpr std::array<Ruling::Kind, 6> kRanks = {Ruling::Kind::done,         Ruling::Kind::succeed,
                                                Ruling::Kind::wait,         Ruling::Kind::resume,
                                                Ruling::Kind::inconclusive, Ruling::Kind::fail};

auto rank(Ruling::Kind kind) {
  return std::ranges::find(kRanks, kind);
}

Ruling::Kind of_pause(OnPause policy) {
  switch (policy) {
    case OnPause::fail:
      return Ruling::Kind::fail;
    case OnPause::succeed:
      return Ruling::Kind::succeed;
    case OnPause::wait:
      return Ruling::Kind::wait;
    case OnPause::resume:
      return Ruling::Kind::resume;
  }
  return Ruling::Kind::fail;
}

Ruling::Kind of_standing(Standing::Kind kind, OnPause policy) {
  switch (kind) {
    case Standing::Kind::done:
      return Ruling::Kind::done;
    case Standing::Kind::going:
    case Standing::Kind::outdated:
    case Standing::Kind::timed_pause:
      return Ruling::Kind::wait;
    case Standing::Kind::step_pause:
    case Standing::Kind::promotion_pause:
      return of_pause(policy);
    case Standing::Kind::held:
      return policy == OnPause::wait ? Ruling::Kind::wait : Ruling::Kind::fail;
    case Standing::Kind::inconclusive:
      return Ruling::Kind::inconclusive;
    case Standing::Kind::aborted:
    case Standing::Kind::failed:
      return Ruling::Kind::fail;
  }
  return Ruling::Kind::fail;
}

void add_until(Ruling& ruling, const std::optional<time::Instant>& until) {
  if (!until) return;
  ruling.until = ruling.until ? std::min(*ruling.until, *until) : *until;
}

}  // namespace

Ruling rule(const std::vector<RolloutView>& views, OnPause policy) {
  std::vector<Standing> standings;
  Ruling ruling;
  for (const RolloutView& view : views) {
    standings.push_back(standing_of(view));
    const auto kind = of_standing(standings.back().kind, policy);
    if (rank(kind) > rank(ruling.kind)) ruling.kind = kind;
  }
  if (ruling.kind == Ruling::Kind::done) return ruling;
  std::vector<std::string> words;
  std::size_t more = 0;
  for (std::size_t at = 0; at < views.size(); ++at) {
    if (of_standing(standings[at].kind, policy) != ruling.kind) continue;
    if (ruling.kind == Ruling::Kind::wait) add_until(ruling, standings[at].until);
    if (ruling.kind == Ruling::Kind::resume) {
      ruling.resume.push_back({views[at].rollout.name_space, views[at].rollout.name});
    }
    if (words.size() < kInWords) {
      words.push_back(cat(views[at].text(), ": ", standings[at].words));
    } else {
      ++more;
    }
  }
  ruling.words = cat(text::join(words, "; "), more == 0 ? "" : cat(" and ", more, " more"));
  return ruling;
}

}  // namespace stagegate::argocd
