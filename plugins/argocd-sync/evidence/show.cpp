#include "plugins/argocd-sync/evidence/show.hpp"

#include <algorithm>
#include <string_view>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

// With a heading for each: 6 + 5 + 5 + 18 + 4, and a line for an error of the log.
constexpr std::size_t kResources = 6;
constexpr std::size_t kPods = 5;
constexpr std::size_t kEvents = 5;

std::string after(std::string_view before, const std::string& text) {
  return text.empty() ? std::string() : cat(before, text);
}

std::string ago(const std::optional<time::Instant>& instant, time::Instant now) {
  if (!instant) return "some time ago";
  // The cluster's clock may be ahead of ours.
  if (*instant >= now) return "just now";
  return cat(text::spoken_duration(now - *instant), " ago");
}

std::string line(const ResourceState& state) {
  return cat(state.resource.text(), " is ", state.state, after(": ", state.message));
}

std::string name_of(const PodTrouble& pod) {
  return cat(pod.name_space, pod.name_space.empty() ? "" : "/", pod.name);
}

std::string line(const PodTrouble& pod) {
  std::string text = cat(name_of(pod), after(", container ", pod.container), ": ", pod.reason);
  if (pod.exit_code) text += cat(", exit code ", *pod.exit_code);
  if (pod.restarts > 0)
    text += cat(", ", pod.restarts, pod.restarts == 1 ? " restart" : " restarts");
  return cat(text, after(", image ", pod.image), after(": ", pod.message));
}

std::string line(const WarningEvent& event, time::Instant now) {
  const std::string others = event.others == 0 ? "" : cat(" and ", event.others, " more");
  const std::string often = event.count == 1 ? "" : cat(", ", event.count, " times");
  return cat(ago(event.last, now), often, ", ", event.object, others, ": ", event.reason,
             after(": ", event.message));
}

template <class List, class Line>
void add_part(std::string& out, std::string_view heading, const List& list, std::size_t most,
              std::size_t left_out, const Line& line_of) {
  if (list.empty()) return;
  const std::size_t shown = std::min(list.size(), most);
  const std::size_t all = list.size() + left_out;
  out += cat(heading, shown == all ? "" : cat(" (", shown, " of ", all, ")"), ":\n");
  for (std::size_t at = 0; at < shown; ++at) out += cat("  ", line_of(list[at]), "\n");
}

void add_log(std::string& out, const LogChoice& choice, const LogLines& log) {
  if (log.lines.empty() && log.error.empty()) return;
  out += cat("last lines of the log of ", choice.name_space, "/", choice.pod,
             after(", container ", choice.container),
             choice.previous ? ", before its last restart" : "", ":\n");
  for (const std::string& one : log.lines) out += cat("  | ", one, "\n");
  if (!log.error.empty()) out += cat("  (", log.error, ")\n");
}

Json instant(const std::optional<time::Instant>& instant) {
  return instant ? Json(time::rfc3339(*instant)) : Json();
}

Json object(const ResourceState& state) {
  return Json()
      .set("resource", state.resource.text())
      .set("state", state.state)
      .set("message", state.message);
}

Json object(const PodTrouble& pod) {
  return Json()
      .set("namespace", pod.name_space)
      .set("pod", pod.name)
      .set("container", pod.container)
      .set("reason", pod.reason)
      .set("message", pod.message)
      .set("image", pod.image)
      .set("restarts", pod.restarts)
      .set("exit_code", pod.exit_code ? Json(*pod.exit_code) : Json());
}

Json object(const WarningEvent& event) {
  return Json()
      .set("object", event.object)
      .set("others", std::uint64_t{event.others})
      .set("reason", event.reason)
      .set("message", event.message)
      .set("count", event.count)
      .set("last", instant(event.last));
}

Json object(const LogChoice& choice, const LogLines& log) {
  Json::Array lines(log.lines.begin(), log.lines.end());
  return Json()
      .set("namespace", choice.name_space)
      .set("pod", choice.pod)
      .set("container", choice.container)
      .set("previous", choice.previous)
      .set("lines", std::move(lines))
      .set("error", log.error);
}

template <class List>
Json list_of(const List& list) {
  Json::Array out;
  for (const auto& one : list) out.push_back(object(one));
  return out;
}

}  // namespace

std::string words(const Evidence& evidence, const LogLines& log, time::Instant now) {
  std::string out;
  add_part(out, "not healthy", evidence.unhealthy, kResources, evidence.more_unhealthy,
           [](const ResourceState& one) { return line(one); });
  add_part(out, "pods in trouble", evidence.pods, kPods, evidence.more_pods,
           [](const PodTrouble& one) { return line(one); });
  add_part(out, "warnings of the cluster", evidence.events, kEvents, evidence.more_events,
           [&](const WarningEvent& one) { return line(one, now); });
  if (evidence.log) add_log(out, *evidence.log, log);
  return out;
}

Json json(const Evidence& evidence, const LogLines& log) {
  return Json()
      .set("unhealthy", list_of(evidence.unhealthy))
      .set("more_unhealthy", std::uint64_t{evidence.more_unhealthy})
      .set("pods", list_of(evidence.pods))
      .set("more_pods", std::uint64_t{evidence.more_pods})
      .set("events", list_of(evidence.events))
      .set("more_events", std::uint64_t{evidence.more_events})
      .set("log", evidence.log ? object(*evidence.log, log) : Json());
}

}  // namespace stagegate::argocd
