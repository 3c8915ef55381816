// Sync windows for tests, in few words.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/time/instant.hpp"
#include "plugins/argocd-sync/windows/window.hpp"

namespace stagegate::argocd {

inline Window window_of(Window::Kind kind, std::string schedule, std::string duration,
                        std::string zone = "", bool manual = false) {
  Window window;
  window.kind = kind;
  window.schedule = std::move(schedule);
  window.duration = std::move(duration);
  window.time_zone = std::move(zone);
  window.manual_sync = manual;
  return window;
}

inline Window deny(std::string schedule, std::string duration, std::string zone = "",
                   bool manual = false) {
  return window_of(Window::Kind::deny, std::move(schedule), std::move(duration), std::move(zone),
                   manual);
}

inline Window allow(std::string schedule, std::string duration, std::string zone = "",
                    bool manual = false) {
  return window_of(Window::Kind::allow, std::move(schedule), std::move(duration), std::move(zone),
                   manual);
}

inline time::Instant at(std::string_view text) {
  return time::parse_instant(text).value();
}

}  // namespace stagegate::argocd
