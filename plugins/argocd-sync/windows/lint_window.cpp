#include "plugins/argocd-sync/windows/lint_window.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/text/text.hpp"
#include "common/time/zone.hpp"
#include "plugins/argocd-sync/windows/activity.hpp"
#include "plugins/argocd-sync/windows/go_duration.hpp"

namespace stagegate::argocd {

using market_hours::Calendar;
using text::cat;
using time::Span;
using time::Spans;
using Severity = LintFinding::Severity;

namespace {

// Whether both zones show the same time at every moment of the range.
bool same_clock(const time::Zone& left, const time::Zone& right, const Span& range) {
  auto moments = left.changes(range.begin, range.end);
  for (const auto change : right.changes(range.begin, range.end)) moments.push_back(change);
  moments.push_back(range.begin);
  return std::ranges::all_of(moments, [&](time::Instant moment) {
    return left.at(moment).offset == right.at(moment).offset;
  });
}

// How long a window has to be that begins with a session and ends before it does.
std::optional<time::seconds> needed(const Spans& active, const Calendar& calendar,
                                    const Span& range) {
  const auto date_of = [&](time::Instant instant) {
    return date::floor<date::days>(calendar.zone().to_local(instant));
  };
  std::optional<time::seconds> longest;
  for (auto date = date_of(range.begin); date <= date_of(range.end); date += date::days{1}) {
    const auto day = calendar.day(date);
    if (!day) break;
    for (const auto& session : day->sessions) {
      const auto span = std::ranges::lower_bound(active, session.open, {}, &Span::begin);
      if (span == active.end() || span->begin != session.open || span->end == range.end) continue;
      if (span->end >= session.close) continue;
      longest = std::max(longest.value_or(time::seconds{0}), session.close - session.open);
    }
  }
  return longest;
}

class Lint {
 public:
  Lint(const Window& window, const Calendar& calendar, const Span& range)
      : window_(window), calendar_(calendar), range_(range) {}

  std::vector<LintFinding> findings(const std::vector<Target>& applications) && {
    look_at_names(applications);
    const auto activity = Activity::of(window_);
    if (activity) {
      look_at_times(*activity);
    } else {
      note(Severity::error,
           cat("makes Argo CD refuse every sync of the applications that it names: ",
               activity.error().message));
    }
    return std::move(findings_);
  }

 private:
  void note(Severity severity, std::string_view what) {
    findings_.push_back({severity, cat(describe(window_), " ", what), {}, {}, 1});
  }

  void look_at_names(const std::vector<Target>& applications) {
    for (const std::string& broken : broken_patterns(window_))
      note(Severity::error, cat("holds for less than it names: ", broken));
    const auto named = [&](const Target& target) { return matches(window_, target); };
    if (!applications.empty() && std::ranges::none_of(applications, named)) {
      note(Severity::warning, "holds for none of the applications that were asked about");
    }
    if (window_.kind == Window::Kind::other) {
      note(Severity::error, "is neither allow nor deny: Argo CD ignores it");
    }
  }

  void look_at_times(const Activity& activity) {
    look_at_zone(activity);
    if (activity.never_begins(range_.begin)) {
      note(Severity::error, "never begins: Argo CD takes it for always active");
      return;
    }
    const auto active = activity.between(range_.begin, range_.end);
    if (active.empty()) note(Severity::hint, "is not active once in this time");
    if (window_.kind != Window::Kind::deny) return;
    if (const auto length = needed(active, calendar_, range_)) {
      note(Severity::warning,
           cat("ends before the session that it begins with; its duration would have to be ",
               show_go_duration(*length)));
    }
    look_at_hand(active);
  }

  void look_at_zone(const Activity& activity) {
    if (!activity.surprise().empty()) {
      note(Severity::error, activity.surprise());
    } else if (same_clock(activity.zone(), calendar_.zone(), range_)) {
      return;
    } else if (window_.time_zone.empty()) {
      note(Severity::warning, cat("has no timeZone and counts in UTC; ", calendar_.id(), " is in ",
                                  calendar_.zone().name()));
    } else {
      note(Severity::hint, cat("counts by another clock than ", calendar_.id(), ", which is in ",
                               calendar_.zone().name()));
    }
  }

  void look_at_hand(const Spans& active) {
    if (window_.manual_sync) return;
    const auto blocks = calendar_.blocks(range_.begin, range_.end);
    if (!blocks) return;
    std::vector<Span> spans;
    for (const auto& block : *blocks) spans.push_back({block.begin, block.end});
    const Spans blocked = merged(std::move(spans));
    if (subtract(blocked, active) == blocked) return;  // they never meet
    note(Severity::hint,
         "has no manualSync: not even a step whose override the gate has accepted gets through");
  }

  const Window& window_;
  const Calendar& calendar_;
  const Span& range_;
  std::vector<LintFinding> findings_;
};

}  // namespace

std::vector<LintFinding> lint_window(const Window& window, const std::vector<Target>& applications,
                                     const Calendar& calendar, const Span& range) {
  return Lint(window, calendar, range).findings(applications);
}

}  // namespace stagegate::argocd
