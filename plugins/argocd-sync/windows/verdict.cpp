#include "plugins/argocd-sync/windows/verdict.hpp"

#include <algorithm>
#include <utility>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"
#include "common/time/zone.hpp"
#include "plugins/argocd-sync/windows/activity.hpp"

namespace stagegate::argocd {

using text::cat;
using time::Instant;

namespace {

struct Timed {
  const Window* window;
  Activity activity;
};

Result<std::vector<Timed>> timed(const std::vector<Window>& windows) {
  std::vector<Timed> all;
  for (const Window& window : windows) {
    auto activity = Activity::of(window);
    if (!activity) {
      return usage(
          cat("Argo CD refuses every sync: ", describe(window), ": ", activity.error().message));
    }
    all.push_back({&window, std::move(*activity)});
  }
  return all;
}

struct Ruling {
  bool allowed = true;
  std::vector<std::size_t> by;  // the windows that decide it
  bool excepted = false;        // they would block, but let through what is asked for by hand
  bool overrun = false;         // they block, but what has begun may end
};

// The rule of Argo CD. Denies come first; then an allow that is active; allows that are all
// inactive block.
Ruling rule(const std::vector<Timed>& windows, const std::vector<bool>& active, Trigger trigger) {
  const auto those = [&](Window::Kind kind, bool are_active) {
    std::vector<std::size_t> found;
    for (std::size_t index = 0; index < windows.size(); ++index) {
      const bool fits = windows[index].window->kind == kind && active[index] == are_active;
      if (fits) found.push_back(index);
    }
    return found;
  };
  const auto blocked_by = [&](std::vector<std::size_t> blocking) {
    std::vector<std::size_t> strict;
    std::ranges::copy_if(blocking, std::back_inserter(strict), [&](std::size_t index) {
      return trigger == Trigger::automatic || !windows[index].window->manual_sync;
    });
    // One that is strict makes all of them so.
    if (strict.empty()) return Ruling{true, std::move(blocking), true, false};
    const bool overrun = std::ranges::all_of(
        blocking, [&](std::size_t index) { return windows[index].window->sync_overrun; });
    return Ruling{false, std::move(strict), false, overrun};
  };
  auto denies = those(Window::Kind::deny, true);
  if (!denies.empty()) return blocked_by(std::move(denies));
  auto allows = those(Window::Kind::allow, true);
  if (!allows.empty()) return {true, std::move(allows), false, false};
  auto inactive = those(Window::Kind::allow, false);
  return inactive.empty() ? Ruling{} : blocked_by(std::move(inactive));
}

std::vector<bool> active_at(const std::vector<Timed>& windows, Instant instant) {
  std::vector<bool> active;
  active.reserve(windows.size());
  for (const Timed& window : windows) active.push_back(window.activity.at(instant));
  return active;
}

// Far more than people can mean; each takes memory.
constexpr std::size_t kMostEdges = 500'000;

struct Edge {
  Instant at;
  std::size_t window;
  bool begins;
};

Result<std::vector<Edge>> edges(const std::vector<Timed>& windows, Instant from, Instant to) {
  std::vector<Edge> edges;
  for (std::size_t index = 0; index < windows.size(); ++index) {
    if (edges.size() > kMostEdges) {
      return unknown(cat("the sync windows begin and end more than ", kMostEdges, " times between ",
                         time::rfc3339(from), " and ", time::rfc3339(to),
                         "; make them fewer or longer"));
    }
    for (const time::Span& span : windows[index].activity.between(from, to)) {
      edges.push_back({span.begin, index, true});
      edges.push_back({span.end, index, false});
    }
  }
  std::ranges::sort(edges, {}, &Edge::at);
  return edges;
}

// Only windows' edges can change what the rule says.
Result<time::Spans> allowed_between(const std::vector<Timed>& windows, Trigger trigger,
                                    Instant from, Instant to) {
  std::vector<time::Span> spans;
  std::vector<bool> active(windows.size());
  const auto all = edges(windows, from, to);
  if (!all) return forward(all.error());
  Instant at = from;
  for (auto edge = all->begin(); at < to;) {
    for (; edge != all->end() && edge->at == at; ++edge) active[edge->window] = edge->begins;
    const Instant until = edge == all->end() ? to : std::min(edge->at, to);
    if (rule(windows, active, trigger).allowed) spans.push_back({at, until});
    at = until;
  }
  return merged(std::move(spans));
}

Result<std::optional<Instant>> next_change(const std::vector<Timed>& windows, Trigger trigger,
                                           Instant now) {
  const Instant end = now + kWindowsAhead;
  const auto allowed = allowed_between(windows, trigger, now, end);
  if (!allowed) return forward(allowed.error());
  if (allowed->empty()) return std::nullopt;
  const time::Span first = allowed->front();
  const Instant change = first.begin == now ? first.end : first.begin;
  return change == end ? std::nullopt : std::optional(change);
}

std::string named(const std::vector<Timed>& windows, const std::vector<std::size_t>& indices) {
  std::vector<std::string> names;
  names.reserve(indices.size());
  for (const std::size_t index : indices) names.push_back(describe(*windows[index].window));
  return text::join(names, " and ");
}

std::string until(const std::vector<Timed>& windows, const Ruling& ruling,
                  const std::optional<Instant>& change) {
  if (!change) return cat(" for the next ", kWindowsAhead.count(), " days at least");
  return cat(" until ",
             time::show_day_and_time(*change, windows[ruling.by.front()].activity.zone()));
}

std::string words_of(const std::vector<Timed>& windows, const Ruling& ruling,
                     const std::optional<Instant>& change) {
  if (ruling.by.empty()) {
    return windows.empty() ? "no sync window holds for it" : "no deny window is active";
  }
  const std::string names = named(windows, ruling.by);
  const bool allow = windows[ruling.by.front()].window->kind == Window::Kind::allow;
  if (ruling.excepted) {
    return cat(allow ? "outside of " : "within ", names,
               ", but manualSync lets through what is asked for by hand");
  }
  const std::string_view place = !allow ? "" : ruling.allowed ? "within " : "outside of ";
  return cat(place, names, until(windows, ruling, change));
}

std::vector<std::string> warnings_of(const std::vector<Timed>& windows, Instant now) {
  std::vector<std::string> warnings;
  for (const Timed& timed : windows) {
    const Window& window = *timed.window;
    if (!timed.activity.surprise().empty()) {
      warnings.push_back(cat(describe(window), " ", timed.activity.surprise()));
    }
    if (timed.activity.never_begins(now)) {
      warnings.push_back(
          cat(describe(window), " never begins: Argo CD takes it for always active"));
    }
    if (window.kind == Window::Kind::other) {
      warnings.push_back(cat(describe(window), " is neither allow nor deny: Argo CD ignores it"));
    }
  }
  return warnings;
}

}  // namespace

Result<WindowVerdict> judge_windows(const std::vector<Window>& windows, Instant now,
                                    Trigger trigger) {
  const auto all = timed(windows);
  if (!all) return forward(all.error());
  const auto change = next_change(*all, trigger, now);
  if (!change) return forward(change.error());
  const auto active = active_at(*all, now);
  const Ruling ruling = rule(*all, active, trigger);
  WindowVerdict verdict;
  verdict.allowed = ruling.allowed;
  verdict.next_change = *change;
  verdict.words = words_of(*all, ruling, verdict.next_change);
  for (std::size_t index = 0; index < windows.size(); ++index) {
    if (active[index]) verdict.active.push_back(windows[index]);
  }
  verdict.warnings = warnings_of(*all, now);
  return verdict;
}

Result<std::string> blocked_meanwhile(const std::vector<Window>& windows, Instant now,
                                      time::seconds expected) {
  const auto all = timed(windows);
  if (!all) return forward(all.error());
  const auto found = next_change(*all, Trigger::manual, now);
  if (!found) return forward(found.error());
  const std::optional<Instant>& change = *found;
  if (!change || *change >= now + expected) return std::string();
  const Ruling ruling = rule(*all, active_at(*all, *change), Trigger::manual);
  if (ruling.allowed) return std::string();
  const Timed& first = (*all)[ruling.by.front()];
  return cat("in ", text::spoken_duration(*change - now), ", at ",
             time::show_day_and_time(*change, first.activity.zone()), ", ", named(*all, ruling.by),
             first.window->kind == Window::Kind::deny ? " begins" : " ends",
             ": a sync that is not over by then ",
             ruling.overrun ? "may go on (syncOverrun), if Argo CD is 3.5 or later"
                            : "stands still until it is allowed again");
}

Result<time::Spans> let_through(const std::vector<Window>& windows, Trigger trigger, Instant from,
                                Instant to) {
  const auto all = timed(windows);
  if (!all) return forward(all.error());
  return allowed_between(*all, trigger, from, to);
}

text::Json to_json(const WindowVerdict& verdict) {
  text::Json::Array active;
  for (const Window& window : verdict.active) active.emplace_back(describe(window));
  text::Json::Array warnings;
  for (const std::string& warning : verdict.warnings) warnings.emplace_back(warning);
  text::Json json;
  json.set("allowed", verdict.allowed)
      .set("words", verdict.words)
      .set("active", std::move(active))
      .set("next_change",
           verdict.next_change ? text::Json(time::rfc3339(*verdict.next_change)) : text::Json())
      .set("warnings", std::move(warnings));
  return json;
}

}  // namespace stagegate::argocd
