#include "plugins/gitea-mirror/plan/foreign.hpp"

#include <algorithm>
#include <utility>

#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

OidList tips_of(const RefList& refs) {
  OidList tips(refs.format());
  tips.reserve(refs.size());
  for (std::size_t at = 0; at < refs.size(); ++at) tips.add(refs.oid(at));
  tips.sort();
  return tips;
}

template <class Each>
void each_loss(const Plan& plan, const Each& each) {
  for (const auto* changes : {&plan.clearing, &plan.updates, &plan.deletions}) {
    for (const Change& change : *changes) {
      const RefUpdate update = plan.update(change);
      if (!update.creates()) each(update);
    }
  }
}

}  // namespace

std::string_view name_of(OnForeign policy) {
  constexpr std::string_view kNames[] = {"overwrite", "keep", "fail"};
  return kNames[static_cast<std::size_t>(policy)];
}

std::optional<OnForeign> on_foreign_of(std::string_view name) {
  for (const OnForeign policy : {OnForeign::overwrite, OnForeign::keep, OnForeign::fail}) {
    if (name == name_of(policy)) return policy;
  }
  return std::nullopt;
}

OidList doubtful(const Plan& plan) {
  const OidList tips = tips_of(plan.source().refs);
  OidList lost(tips.format());
  each_loss(plan, [&](const RefUpdate& update) {
    if (!tips.contains(update.old_id)) lost.add(update.old_id);
  });
  lost.sort();
  return lost;
}

std::vector<ForeignRef> foreign_refs(const Plan& plan, const OidList& known) {
  const OidList tips = tips_of(plan.source().refs);
  std::vector<ForeignRef> foreign;
  each_loss(plan, [&](const RefUpdate& update) {
    if (tips.contains(update.old_id) || known.contains(update.old_id)) return;
    foreign.push_back({std::string(update.name), update.old_id, update.deletes()});
  });
  return foreign;
}

Result<> apply(OnForeign policy, const std::vector<ForeignRef>& foreign, Plan& plan) {
  if (foreign.empty() || policy == OnForeign::overwrite) return {};
  if (policy == OnForeign::fail) {
    return fail(
        Failure::Kind::conflict,
        text::cat("the target has commits that the source does not know, at ", foreign.front().name,
                  foreign.size() == 1 ? "" : " and other refs", " (", foreign.front().oid.hex(),
                  "): somebody pushed to the mirror, or the"
                  " source has deleted and pruned them; nothing was sent"));
  }
  std::vector<std::string_view> kept;
  kept.reserve(foreign.size());
  for (const ForeignRef& ref : foreign) kept.push_back(ref.name);
  std::sort(kept.begin(), kept.end());
  const auto is_kept = [&](const Change& change) {
    return std::binary_search(kept.begin(), kept.end(), plan.update(change).name);
  };
  for (auto* changes : {&plan.clearing, &plan.updates, &plan.deletions}) {
    changes->erase(std::remove_if(changes->begin(), changes->end(), is_kept), changes->end());
  }
  return {};
}

}  // namespace stagegate::mirror
