// Do the sync windows let a sync through, and when does that change? Pure: windows and instant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "common/time/spans.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

enum class Trigger : std::uint8_t {
  manual,     // somebody asks for it: a person, a step
  automatic,  // auto-sync, and what asks in its name
};

// How far ahead the next change is looked for: a week's cycle and a day.
inline constexpr date::days kWindowsAhead{8};

struct WindowVerdict {
  bool allowed = false;
  // `deny window "30 9 * * 1-5" for 6h30m (America/New_York) until Mon 2026-11-30 16:00 EST`
  std::string words;
  std::vector<Window> active;
  // When `allowed` changes; empty: not within kWindowsAhead.
  std::optional<time::Instant> next_change;
  std::vector<std::string> warnings;
};

// The windows are those that match the application. Fails (usage) when one of them is malformed, as
// Argo CD does: that blocks. Fails (unknown) when they are far too many, here and below.
Result<WindowVerdict> judge_windows(const std::vector<Window>& windows, time::Instant now,
                                    Trigger trigger = Trigger::manual);

// What is to be told before a sync that is to take `expected`: that windows begin to block it
// meanwhile. Empty: they do not.
Result<std::string> blocked_meanwhile(const std::vector<Window>& windows, time::Instant now,
                                      time::seconds expected);

// The spans within [from, to) in which a sync is let through.
Result<time::Spans> let_through(const std::vector<Window>& windows, Trigger trigger,
                                time::Instant from, time::Instant to);

text::Json to_json(const WindowVerdict& verdict);

}  // namespace stagegate::argocd
