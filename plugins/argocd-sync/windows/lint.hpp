// Do the sync windows of a project say what a market's calendar says?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/calendar/calendar.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

inline constexpr date::days kLintAhead{90};
inline constexpr date::days kLintMost{800};

struct LintFinding {
  enum class Severity : std::uint8_t {
    error,    // a sync may run when it must not, or never runs: the lint fails
    warning,  // syncs are blocked without need, or a window cannot mean what it says
    hint,
  };
  Severity severity = Severity::error;
  std::string words;
  // Of the first time to the last one; empty where it is not a matter of time.
  std::optional<time::Instant> from;
  std::optional<time::Instant> to;
  std::size_t times = 1;
};
std::string_view word(LintFinding::Severity severity);

struct LintReport {
  time::Instant from;
  time::Instant to;
  std::vector<LintFinding> findings;  // the serious ones first

  bool fails() const;
};

// Compares the windows with the calendar's blocks, from the beginning of the day of `now` on in the
// calendar's zone. For auto-sync, that is: what is asked for by hand has passed the gate. Fails
// (usage) for more days than kLintMost, and (unknown) where the calendar knows nothing.
Result<LintReport> lint_windows(const std::vector<Window>& windows,
                                const std::vector<Target>& applications,
                                const market_hours::Calendar& calendar, time::Instant now,
                                date::days ahead = kLintAhead);

text::Json to_json(const LintReport& report);

}  // namespace stagegate::argocd
