#include "plugins/gitea-mirror/plan/plan.hpp"

#include <algorithm>
#include <utility>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"

namespace stagegate::mirror {
namespace {

Result<> stop(std::string_view why) {
  return fail(Failure::Kind::conflict, text::cat(why, "; nothing was sent"));
}

Result<> check_sides(const Snapshot& source, const Snapshot& target) {
  if (source.shallow) {
    return stop("the source is a shallow repository and lacks history that a mirror needs");
  }
  if (source.refs.empty()) {
    // Which format it has is not told in version 0.
    if (target.refs.empty()) return {};
    return stop(
        "the source has neither branches nor tags, and the target has: is it the right"
        " source?");
  }
  if (source.format() != target.format()) {
    return stop(text::cat("the source has object ids of ", name_of(source.format()),
                          " and the target of ", name_of(target.format()),
                          ": make the target again with the source's object format"));
  }
  return {};
}

Result<> check_deletions(const Plan& plan, std::size_t most) {
  const std::size_t count = plan.deletion_count();
  if (count <= most) return {};
  const Change& first = plan.deletions.empty() ? plan.clearing.front() : plan.deletions.front();
  return stop(text::cat(count, count == 1 ? " ref" : " refs", " would be deleted on the target (",
                        plan.update(first).name, count == 1 ? "" : ", ...", "), and max_delete is ",
                        most));
}

// "refs/heads/a" for "refs/heads/a/b", and so on up: those that cannot be there together with it.
template <class Each>
bool any_parent(std::string_view name, const Each& each) {
  for (std::size_t slash = name.rfind('/'); slash >= kTags.size(); slash = name.rfind('/')) {
    name = name.substr(0, slash);
    if (is_branch_or_tag(name) && each(name)) return true;
  }
  return false;
}

}  // namespace

Plan::Plan(const Snapshot& source, const Snapshot& target) : source_(&source), target_(&target) {}

Result<Plan> Plan::make(const Snapshot& source, const Snapshot& target,
                        const PlanSettings& settings) {
  if (auto fits = check_sides(source, target); !fits) return forward(std::move(fits.error()));
  Plan plan(source, target);
  if (auto fits = plan.place_pins(settings); !fits) return forward(std::move(fits.error()));
  plan.compare(settings);
  if (plan.in_sync + plan.updates.size() == 0 && !plan.deletions.empty()) {
    return forward(
        stop("the source has none of the selected refs, and the target has: is it the right source,"
             " and the right selection?")
            .error());
  }
  plan.put_in_order();
  if (auto few = check_deletions(plan, settings.max_delete); !few) {
    return forward(std::move(few.error()));
  }
  return plan;
}

Result<> Plan::place_pins(const PlanSettings& settings) {
  for (const Pin& pin : settings.pins) {
    const auto at = source_->refs.find(pin.ref);
    if (!at || !settings.selection.takes(pin.ref)) {
      idle_pins.push_back(pin.ref);
      continue;
    }
    if (pin.oid.format() != source_->format() || pin.oid.is_zero()) {
      return usage(text::cat("pin: ", text::quoted(pin.ref), " at ", pin.oid.hex(),
                             ", which is no object id of the source's format, ",
                             name_of(source_->format())));
    }
    const bool twice = std::any_of(pins_.begin(), pins_.end(), [&](const PinAt& other) {
      return other.source == *at && other.oid != pin.oid;
    });
    if (twice) return usage(text::cat("pin: ", pin.ref, " has two"));
    if (source_->refs.oid(*at) != pin.oid) wants_past_tips = true;
    pins_.push_back({*at, pin.oid});
  }
  return {};
}

// Both lists are sorted.
void Plan::compare(const PlanSettings& settings) {
  const RefList& ours = source_->refs;
  const RefList& theirs = target_->refs;
  std::size_t source_at = 0;
  std::size_t target_at = 0;
  while (source_at < ours.size() || target_at < theirs.size()) {
    int order = 0;
    if (source_at == ours.size()) {
      order = 1;
    } else if (target_at == theirs.size()) {
      order = -1;
    } else {
      order = ours.name(source_at).compare(theirs.name(target_at));
    }
    const auto name = order > 0 ? theirs.name(target_at) : ours.name(source_at);
    if (settings.selection.takes(name)) {
      note(order <= 0 ? source_at : Change::kNone, order >= 0 ? target_at : Change::kNone,
           settings);
    }
    if (order <= 0) ++source_at;
    if (order >= 0) ++target_at;
  }
}

void Plan::note(std::size_t source_at, std::size_t target_at, const PlanSettings& settings) {
  const Change change{static_cast<std::uint32_t>(source_at), static_cast<std::uint32_t>(target_at)};
  if (change.source != Change::kNone) {
    const bool same =
        change.target != Change::kNone && wanted(source_at) == target_->refs.oid(target_at);
    if (same) {
      ++in_sync;
    } else {
      updates.push_back(change);
    }
  } else if (!settings.prune) {
    ++unpruned;
  } else {
    deletions.push_back(change);
    const std::string_view name = target_->refs.name(target_at);
    deletes_target_head = deletes_target_head || name == settings.target_head;
  }
}

void Plan::put_in_order() {
  const auto is_head = [this](const Change& change) {
    return source_->refs.name(change.source) == source_->head_branch;
  };
  std::stable_partition(updates.begin(), updates.end(), is_head);
  const auto middle = std::stable_partition(
      deletions.begin(), deletions.end(), [this](const Change& change) { return !blocks(change); });
  clearing.assign(middle, deletions.end());
  deletions.erase(middle, deletions.end());
}

// Whether a ref of the source cannot be created while this one is there: because this one is a
// folder of it, or the other way round. What the source has and the target lacks is created; what
// both have cannot be in the way.
bool Plan::blocks(const Change& deletion) const {
  const std::string_view name = target_->refs.name(deletion.target);
  const auto at_source = [this](std::string_view parent) {
    return source_->refs.find(parent).has_value();
  };
  if (any_parent(name, at_source)) return true;
  return source_->refs.any_below(name);
}

Oid Plan::wanted(std::size_t source_at) const {
  const auto pin = std::find_if(pins_.begin(), pins_.end(),
                                [&](const PinAt& one) { return one.source == source_at; });
  return pin == pins_.end() ? source_->refs.oid(source_at) : pin->oid;
}

RefUpdate Plan::update(const Change& change) const {
  const Oid none = Oid::zero(source_->format());
  if (change.source == Change::kNone) {
    const Ref ref = target_->refs[change.target];
    return {ref.name, ref.oid, none};
  }
  const Oid old_id = change.target == Change::kNone ? none : target_->refs.oid(change.target);
  return {source_->refs.name(change.source), old_id, wanted(change.source)};
}

}  // namespace stagegate::mirror
