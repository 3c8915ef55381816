// How long a Rollout takes at least, as far as its specification tells.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"

namespace stagegate::argocd {

// An AnalysisTemplate, or a ClusterAnalysisTemplate; null: it could not be read.
using Templates = std::function<const text::Json*(const std::string& name, bool cluster_scope)>;

struct LeastDuration {
  std::chrono::seconds length{0};
  bool pauses = false;                  // somewhere it waits without end, until somebody resumes it
  std::vector<std::string> notes = {};  // what could not be counted
};

// Pauses and analyses one after the other. What nobody can know counts nothing: how long pods take
// to start, pauses without end. A first version skips all steps: it takes nothing.
LeastDuration least_duration(const text::Json& rollout, const Templates& templates);

// What to warn of, or nothing when the timeout is long enough.
std::string too_short(std::chrono::milliseconds timeout, const LeastDuration& least,
                      std::string_view rollout_name);

}  // namespace stagegate::argocd
