#include "plugins/argocd-sync/evidence/evidence.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"
#include "plugins/argocd-sync/evidence/pods.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kMostGathered = 2'000;  // of each, before the worst are chosen
constexpr std::size_t kMostTold = 20;         // of each, after that
constexpr std::size_t kMostParents = 20;
constexpr std::int64_t kMostCounted = 1'000'000'000;

// The worst first; what is not named here is well.
constexpr std::array<std::string_view, 5> kUnhealthy = {"Degraded", "Missing", "Unknown",
                                                        "Suspended", "Progressing"};

auto badness(const ResourceState& state) {
  return std::ranges::find(kUnhealthy, state.state) - kUnhealthy.begin();
}

ResourceName resource_name(const Json& json) {
  return {words_at(json, {"group"}), words_at(json, {"kind"}), words_at(json, {"namespace"}),
          words_at(json, {"name"})};
}

bool is_unhealthy(const Json& node) {
  const std::string health = string_at(node, {"health", "status"});
  return std::ranges::find(kUnhealthy, health) != kUnhealthy.end();
}

// A ReplicaSet says of itself what its Deployment or Rollout says of both.
bool repeats_parent(const Json& node, const std::set<std::string>& unhealthy) {
  if (node.text("kind") != "ReplicaSet") return false;
  std::size_t seen = 0;
  for (const Json& parent : array_of(member(node, {"parentRefs"}))) {
    if (++seen > kMostParents) return false;
    if (unhealthy.contains(resource_name(parent).text())) return true;
  }
  return false;
}

// Of the two ways to write an event, and of an event that goes on.
std::optional<time::Instant> last_seen(const Json& event) {
  for (const MemberPath path :
       {MemberPath{"series", "lastObservedTime"}, MemberPath{"lastTimestamp"},
        MemberPath{"deprecatedLastTimestamp"}, MemberPath{"eventTime"},
        MemberPath{"firstTimestamp"}, MemberPath{"metadata", "creationTimestamp"}}) {
    if (auto instant = instant_of(member(event, path))) return instant;
  }
  return std::nullopt;
}

std::int64_t times(const Json& event) {
  for (const MemberPath path :
       {MemberPath{"series", "count"}, MemberPath{"count"}, MemberPath{"deprecatedCount"}}) {
    if (const auto count = whole_number(member(event, path))) {
      return std::clamp<std::int64_t>(*count, 1, kMostCounted);
    }
  }
  return 1;
}

const Json& object_of(const Json& event) {
  const Json& object = member(event, {"involvedObject"});
  return object.is_null() ? member(event, {"regarding"}) : object;
}

// "spec.containers{query-api}"
std::string container_in(std::string_view field) {
  const std::size_t open = field.find('{');
  if (open == std::string_view::npos || !field.ends_with('}')) return {};
  return harmless_words(field.substr(open + 1, field.size() - open - 2));
}

bool is_about(std::string_view object, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  return std::ranges::any_of(names, [&](const std::string& name) {
    return object == name || (object.starts_with(name) && object.substr(name.size(), 1) == "-");
  });
}

// The names become parts of an address.
bool is_kubernetes_name(std::string_view name) {
  constexpr std::string_view kFit = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  return !name.empty() && name.size() <= 253 && name != "." && name != ".." &&
         name.find_first_not_of(kFit) == std::string_view::npos;
}

bool worse(const PodTrouble& left, const PodTrouble& right) {
  // Of two, the newer one is of the new version.
  return std::tuple(left.state, right.created, left.name) <
         std::tuple(right.state, left.created, right.name);
}

std::optional<LogChoice> choose_log(const std::vector<PodTrouble>& pods) {
  for (const PodTrouble& pod : pods) {
    const bool named = is_kubernetes_name(pod.name) && is_kubernetes_name(pod.name_space);
    if (!pod.has_log || !named) continue;
    LogChoice choice{pod.name_space, pod.name, pod.container, pod.previous};
    if (!is_kubernetes_name(choice.container)) choice.container.clear();
    return choice;
  }
  return std::nullopt;
}

template <class List>
std::size_t shorten(List& list) {
  const std::size_t more = list.size() - std::min(list.size(), kMostTold);
  list.resize(list.size() - more);
  return more;
}

}  // namespace

void Gathering::keep(ResourceState state) {
  const std::string name = state.resource.text();
  const auto there = unhealthy_.find(name);
  if (there != unhealthy_.end()) {
    if (there->second.message.empty()) there->second.message = std::move(state.message);
  } else if (unhealthy_.size() < kMostGathered) {
    unhealthy_.emplace(name, std::move(state));
  }
}

void Gathering::keep(PodTrouble trouble, bool better) {
  const PodName name(trouble.name_space, trouble.name);
  const auto there = pods_.find(name);
  if (there == pods_.end()) {
    if (pods_.size() < kMostGathered) pods_.emplace(name, std::move(trouble));
  } else if (better) {
    there->second = std::move(trouble);
  }
}

void Gathering::keep(WarningEvent event) {
  // Pods of one ReplicaSet tell the same: once is enough.
  const std::string kind = event.object.substr(0, event.object.find(' '));
  const std::string key = cat(kind, "\n", event.reason, "\n", event.message);
  const auto there = events_.find(key);
  if (there == events_.end()) {
    if (events_.size() == kMostGathered) return;
    const std::string object = event.object;
    events_.emplace(key, Told{std::move(event), {object}});
    return;
  }
  Told& told = there->second;
  if (told.objects.size() < kMostGathered) told.objects.insert(event.object);
  told.event.others = told.objects.size() - 1;
  told.event.count = std::min(kMostCounted, told.event.count + event.count);
  if (event.last > told.event.last) {
    told.event.last = event.last;
    told.event.object = std::move(event.object);
  }
}

void Gathering::resources(const std::vector<ResourceState>& troubled) {
  for (const ResourceState& one : troubled) {
    const ResourceName& name = one.resource;
    keep({{harmless_words(name.group), harmless_words(name.kind), harmless_words(name.name_space),
           harmless_words(name.name)},
          harmless_words(one.state),
          harmless_words(one.message)});
  }
}

void Gathering::tree(const Json& tree) {
  const Json::Array& nodes = array_of(member(tree, {"nodes"}));
  std::set<std::string> unhealthy;
  for (const Json& node : nodes) {
    if (unhealthy.size() == kMostGathered) break;
    if (is_unhealthy(node)) unhealthy.insert(resource_name(node).text());
  }
  for (const Json& node : nodes) {
    if (node.text("kind") == "Pod") {
      if (auto trouble = trouble_of_node(node)) keep(std::move(*trouble), false);
    } else if (is_unhealthy(node) && !repeats_parent(node, unhealthy)) {
      keep({resource_name(node), words_at(node, {"health", "status"}),
            words_at(node, {"health", "message"})});
    }
  }
}

void Gathering::pods(const Json& list) {
  if (list.find("items") == nullptr) {
    if (auto trouble = trouble_of_pod(list)) keep(std::move(*trouble), true);
    return;
  }
  for (const Json& pod : array_of(member(list, {"items"}))) {
    if (auto trouble = trouble_of_pod(pod)) keep(std::move(*trouble), true);
  }
}

void Gathering::events(const Json& list, const std::vector<std::string>& names) {
  for (const Json& one : array_of(member(list, {"items"}))) {
    const Json& object = object_of(one);
    const std::string name = words_at(object, {"name"});
    if (one.text("type") != "Warning" || !is_about(name, names)) continue;
    if (const auto uid = string_at(one, {"metadata", "uid"}); !uid.empty()) {
      if (seen_.size() == kMostGathered || !seen_.insert(uid).second) continue;
    }
    const std::string container = container_in(object.text("fieldPath"));
    if (!container.empty() && containers_.size() < kMostGathered) {
      containers_.emplace(PodName(words_at(object, {"namespace"}), name), container);
    }
    WarningEvent event;
    event.object = cat(words_at(object, {"kind"}), " ", name);
    event.reason = words_at(one, {"reason"});
    event.message = words_at(one, {"message"});
    if (event.message.empty()) event.message = words_at(one, {"note"});
    event.count = times(one);
    event.last = last_seen(one);
    keep(std::move(event));
  }
}

// Which container it is, the tree does not say; the events often do.
void Gathering::complete(PodTrouble& trouble) const {
  if (!trouble.container.empty()) return;
  const auto named = containers_.find(PodName(trouble.name_space, trouble.name));
  if (named != containers_.end()) trouble.container = named->second;
}

Evidence Gathering::evidence() const {
  Evidence evidence;
  for (const auto& [name, state] : unhealthy_) evidence.unhealthy.push_back(state);
  std::ranges::stable_sort(evidence.unhealthy, {}, badness);
  for (const auto& [name, trouble] : pods_) {
    evidence.pods.push_back(trouble);
    complete(evidence.pods.back());
  }
  std::ranges::stable_sort(evidence.pods, worse);
  for (const auto& [key, told] : events_) evidence.events.push_back(told.event);
  std::ranges::stable_sort(
      evidence.events,
      [](const WarningEvent& left, const WarningEvent& right) { return left.last > right.last; });
  evidence.log = choose_log(evidence.pods);
  evidence.more_unhealthy = shorten(evidence.unhealthy);
  evidence.more_pods = shorten(evidence.pods);
  evidence.more_events = shorten(evidence.events);
  return evidence;
}

}  // namespace stagegate::argocd
