#include "plugins/argocd-sync/windows/activity.hpp"

#include <algorithm>
#include <utility>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/windows/go_duration.hpp"

namespace stagegate::argocd {

using text::cat;
using time::Instant;
using time::Local;
using time::seconds;

namespace {

// The first moment of the next year at which Cron looks a year further ahead.
Local next_year(Local after) {
  const auto day = date::floor<date::days>(after + seconds{1});
  const auto year = date::year_month_day{day}.year() + date::years{1};
  return Local{date::local_days{year / 1 / 1}} - seconds{1};
}

// A part of a second counts for deny, and does not for allow: when in doubt, blocked.
seconds whole_seconds(std::chrono::nanoseconds length, Window::Kind kind) {
  return kind == Window::Kind::allow ? std::chrono::floor<seconds>(length)
                                     : std::chrono::ceil<seconds>(length);
}

}  // namespace

Result<Activity> Activity::of(const Window& window) {
  const auto cron = Cron::parse(window.schedule);
  if (!cron) return forward(cron.error());
  const auto length = parse_go_duration(window.duration);
  if (!length) return forward(length.error());
  Activity activity(*cron, whole_seconds(*length, window.kind));

  const auto zone = time::Zone::find(window.time_zone.empty() ? "UTC" : window.time_zone);
  if (!zone) {
    // Argo CD says so in its log only.
    activity.surprise_ =
        cat("counts in UTC, for its time zone is not known: ", zone.error().message);
  }
  const auto utc = zone ? zone : time::Zone::find("UTC");
  if (!utc) return forward(utc.error());
  activity.zone_ = *utc;
  return activity;
}

bool Activity::at(Instant instant) const {
  return !between(instant, instant + seconds{1}).empty();
}

bool Activity::never_begins(Instant now) const {
  return !cron_.next(zone_->to_local(now) - length_);
}

// Within a stretch the zone's offset stands still.
void Activity::append(std::vector<time::Span>& spans, time::Span stretch) const {
  const seconds offset = zone_->at(stretch.begin).offset;
  const auto wall = [&](Instant instant) { return Local{instant.time_since_epoch() + offset}; };
  const Local stop = wall(stretch.end);
  for (Local at = wall(stretch.begin); at < stop;) {
    const auto next = cron_.next(at - length_);
    Local until = stop;
    if (!next) {
      // See never_begins().
      until = std::min(stop, next_year(at - length_) + length_);
    } else if (length_ <= seconds{0} || *next >= stop) {
      return;
    } else {
      at = std::max(at, *next);
      until = std::min(stop, *next + length_);
    }
    const Instant begin{at.time_since_epoch() - offset};
    const Instant end{until.time_since_epoch() - offset};
    // "* * * * *" has a beginning each minute.
    if (!spans.empty() && spans.back().end == begin) {
      spans.back().end = end;
    } else {
      spans.push_back({begin, end});
    }
    at = until;
  }
}

time::Spans Activity::between(Instant from, Instant to) const {
  std::vector<time::Span> spans;
  Instant begin = from;
  for (const Instant change : zone_->changes(from, to)) {
    append(spans, {begin, change});
    begin = change;
  }
  append(spans, {begin, to});
  return merged(std::move(spans));
}

}  // namespace stagegate::argocd
