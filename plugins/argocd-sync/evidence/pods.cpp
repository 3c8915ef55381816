#include "plugins/argocd-sync/evidence/pods.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kMostContainers = 100;

struct Known {
  std::string_view reason;
  PodState state;
};
// "Error" and "OOMKilled" are why a container has ended, the others why it waits.
constexpr std::array<Known, 10> kKnown{{{"CrashLoopBackOff", PodState::crashed},
                                        {"Error", PodState::crashed},
                                        {"OOMKilled", PodState::crashed},
                                        {"ContainerCreating", PodState::starting},
                                        {"PodInitializing", PodState::starting},
                                        {"Pending", PodState::not_scheduled},
                                        {"Unschedulable", PodState::not_scheduled},
                                        {"SchedulingGated", PodState::not_scheduled},
                                        {"Running", PodState::not_ready},
                                        {"Completed", PodState::not_ready}}};

// Whatever else a container waits for, it waits in vain: an image, a secret, a command.
PodState state_named(std::string_view reason) {
  if (reason.starts_with("ExitCode:") || reason.starts_with("Signal:")) return PodState::crashed;
  const auto* const found =
      std::ranges::find_if(kKnown, [&](const Known& known) { return known.reason == reason; });
  return found == kKnown.end() ? PodState::cannot_start : found->state;
}

std::string ended_words(const Json& terminated) {
  std::string reason = words_at(terminated, {"reason"});
  if (!reason.empty()) return reason;
  const auto signal = whole_number(member(terminated, {"signal"})).value_or(0);
  if (signal != 0) return cat("Signal:", signal);
  return cat("ExitCode:", whole_number(member(terminated, {"exitCode"})).value_or(0));
}

bool ended_badly(const Json& terminated) {
  if (terminated.object() == nullptr) return false;
  return whole_number(member(terminated, {"exitCode"})).value_or(1) != 0;
}

void note_end(const Json& terminated, PodTrouble& trouble) {
  trouble.exit_code = whole_number(member(terminated, {"exitCode"}));
  const std::string last_words = words_at(terminated, {"message"});
  if (!last_words.empty()) trouble.message = last_words;
}

std::optional<PodTrouble> waiting(const Json& waits, const Json& before) {
  PodTrouble trouble;
  trouble.reason = words_at(waits, {"reason"});
  trouble.message = words_at(waits, {"message"});
  trouble.state = state_named(trouble.reason);
  if (trouble.reason.empty()) trouble.state = PodState::starting;
  trouble.has_log = trouble.state == PodState::crashed;
  if (before.object() == nullptr) return trouble;
  // The back-off says that it ended, not why.
  const std::string why = ended_words(before);
  if (trouble.state == PodState::crashed && why != "Error") trouble.reason += cat(" (", why, ")");
  note_end(before, trouble);
  trouble.has_log = trouble.previous = true;
  return trouble;
}

std::optional<PodTrouble> ended(const Json& terminated) {
  if (!ended_badly(terminated)) return std::nullopt;
  PodTrouble trouble;
  trouble.state = PodState::crashed;
  trouble.reason = ended_words(terminated);
  trouble.has_log = true;
  note_end(terminated, trouble);
  return trouble;
}

std::optional<PodTrouble> running(const Json& status, const Json& before, bool init) {
  PodTrouble trouble;
  trouble.has_log = true;
  trouble.previous = ended_badly(before);
  const bool ready = is_true(member(status, {"ready"}));
  if (ready && !trouble.previous) return std::nullopt;
  trouble.state = ready ? PodState::restarted : init ? PodState::starting : PodState::not_ready;
  trouble.reason = ready ? "Restarted" : init ? "Initializing" : "NotReady";
  if (trouble.previous) {
    trouble.reason += cat(" (before: ", ended_words(before), ")");
    note_end(before, trouble);
  }
  return trouble;
}

std::string image_of(const Json& containers, const Json& status) {
  for (const Json& one : array_of(containers)) {
    if (one.text("name") == status.text("name")) return words_at(one, {"image"});
  }
  return words_at(status, {"image"});
}

std::optional<PodTrouble> trouble_of_container(const Json& status, bool init) {
  const Json& before = member(status, {"lastState", "terminated"});
  const Json& state = member(status, {"state"});
  if (const Json* waits = state.find("waiting")) return waiting(*waits, before);
  if (const Json* terminated = state.find("terminated")) return ended(*terminated);
  if (state.find("running") != nullptr) return running(status, before, init);
  return std::nullopt;
}

void look_at(const Json& pod, bool init, std::optional<PodTrouble>& worst, std::int64_t& restarts) {
  const Json& list = member(pod, {"status", init ? "initContainerStatuses" : "containerStatuses"});
  const Json& specs = member(pod, {"spec", init ? "initContainers" : "containers"});
  std::size_t seen = 0;
  for (const Json& status : array_of(list)) {
    if (++seen > kMostContainers) return;
    restarts += std::clamp<std::int64_t>(whole_number(member(status, {"restartCount"})).value_or(0),
                                         0, 1'000'000'000);
    auto trouble = trouble_of_container(status, init);
    if (!trouble || (worst && worst->state <= trouble->state)) continue;
    trouble->container = words_at(status, {"name"});
    trouble->image = image_of(specs, status);
    if (init) trouble->reason = cat("Init:", trouble->reason);
    worst = std::move(trouble);
  }
}

std::optional<PodTrouble> trouble_of_whole(const Json& pod) {
  const std::string phase = string_at(pod, {"status", "phase"});
  PodTrouble trouble;
  if (phase == "Failed") {
    trouble.state = PodState::crashed;
    trouble.reason = words_at(pod, {"status", "reason"});
    trouble.message = words_at(pod, {"status", "message"});
    if (trouble.reason.empty()) trouble.reason = "Failed";
    return trouble;
  }
  for (const Json& one : array_of(member(pod, {"status", "conditions"}))) {
    if (one.text("type") != "PodScheduled" || one.text("status") != "False") continue;
    trouble.state = PodState::not_scheduled;
    trouble.reason = words_at(one, {"reason"});
    trouble.message = words_at(one, {"message"});
    return trouble;
  }
  if (phase != "Pending") return std::nullopt;
  trouble.reason = "Pending";
  return trouble;
}

void name(const Json& named, PodTrouble& trouble) {
  trouble.name_space = words_at(named, {"namespace"});
  trouble.name = words_at(named, {"name"});
  trouble.uid = words_at(named, {"uid"});
}

std::string info(const Json& node, std::string_view name) {
  for (const Json& one : array_of(member(node, {"info"}))) {
    if (one.text("name") == name) return words_at(one, {"value"});
  }
  return {};
}

}  // namespace

std::optional<PodTrouble> trouble_of_pod(const Json& pod) {
  if (!member(pod, {"metadata", "deletionTimestamp"}).is_null()) return std::nullopt;
  if (string_at(pod, {"status", "phase"}) == "Succeeded") return std::nullopt;
  std::optional<PodTrouble> worst;
  std::int64_t restarts = 0;
  look_at(pod, true, worst, restarts);
  look_at(pod, false, worst, restarts);
  // An evicted pod says so itself; its containers, if they are told, only that they ended.
  const bool evicted = !string_at(pod, {"status", "reason"}).empty();
  if (!worst || evicted) {
    if (auto whole = trouble_of_whole(pod)) worst = std::move(whole);
  }
  if (!worst) return std::nullopt;
  name(member(pod, {"metadata"}), *worst);
  worst->created = instant_of(member(pod, {"metadata", "creationTimestamp"}));
  worst->restarts = restarts;
  if (worst->name.empty()) return std::nullopt;
  return worst;
}

std::optional<PodTrouble> trouble_of_node(const Json& node) {
  const std::string health = string_at(node, {"health", "status"});
  if (health.empty() || health == "Healthy" || health == "Suspended") return std::nullopt;
  PodTrouble trouble;
  name(node, trouble);
  if (trouble.name.empty()) return std::nullopt;
  trouble.reason = info(node, "Status Reason");
  if (trouble.reason == "Terminating") return std::nullopt;
  if (trouble.reason.empty()) trouble.reason = health;
  std::string_view reason = trouble.reason;
  const bool init = reason.starts_with("Init:");
  if (init) reason.remove_prefix(5);
  // "Init:0/1" counts what is done.
  const bool counts = init && reason.find('/') != std::string_view::npos;
  trouble.state = counts ? PodState::starting : state_named(reason);
  trouble.message = words_at(node, {"health", "message"});
  trouble.restarts = text::parse_int(info(node, "Restart Count")).value_or(0);
  trouble.created = instant_of(member(node, {"createdAt"}));
  const Json::Array& images = array_of(member(node, {"images"}));
  if (images.size() == 1 && images[0].string() != nullptr) {
    trouble.image = harmless_words(*images[0].string());
  }
  trouble.has_log = trouble.state == PodState::crashed || trouble.state == PodState::not_ready;
  trouble.previous = trouble.has_log && trouble.restarts > 0;
  return trouble;
}

}  // namespace stagegate::argocd
