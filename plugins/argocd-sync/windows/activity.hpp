// When a sync window is active.
#pragma once

#include <string>

#include "common/result/result.hpp"
#include "common/time/spans.hpp"
#include "common/time/zone.hpp"
#include "plugins/argocd-sync/windows/cron.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

// Argo CD takes a window for active when the first beginning after `now` less the duration lies
// before `now`, on a wall clock that is UTC shifted by the zone's offset of that moment. So all
// begins and ends by the wall clock on both sides of a change of the clocks.
//
// Where this is not the same: Argo CD leaves out the very moment of the beginning, 09:30:00.000. An
// instant here stands for its whole second, of which all the rest is inside.
class Activity {
 public:
  // Fails (usage) where Argo CD fails, too: for a schedule or a duration that is malformed.
  static Result<Activity> of(const Window& window);

  bool at(time::Instant instant) const;
  // All of [from, to) in which it is active.
  time::Spans between(time::Instant from, time::Instant to) const;

  // February 30: there is no beginning as far ahead as Argo CD looks, and it takes "never" for long
  // ago, and the window for active.
  bool never_begins(time::Instant now) const;

  const time::Zone& zone() const { return *zone_; }
  // What Argo CD does with this window that its author cannot have meant; empty: nothing.
  const std::string& surprise() const { return surprise_; }

 private:
  Activity(Cron cron, time::seconds length) : cron_(cron), length_(length) {}
  void append(std::vector<time::Span>& spans, time::Span stretch) const;

  Cron cron_;
  time::seconds length_;
  const time::Zone* zone_ = nullptr;
  std::string surprise_;
};

}  // namespace stagegate::argocd
