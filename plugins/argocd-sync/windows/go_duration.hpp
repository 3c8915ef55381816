// A length of time as Go writes it: what Argo CD takes as the duration of a window.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::argocd {

// "6h30m", "1.5h", "-5m", "0"; no days, no number without a unit. Fails (usage) on all else.
Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

// "6h30m", "45s"; hours are the longest unit that Go knows.
std::string show_go_duration(std::chrono::seconds length);

}  // namespace stagegate::argocd
