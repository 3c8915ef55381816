// What all deployments of a run work with.
#pragma once

#include <functional>
#include <string>

#include "common/time/clock.hpp"
#include "plugins/argocd-sync/options.hpp"
#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

struct Tools {
  const Options& options;
  bool syncs;  // false: somebody else does
  std::string run;
  time::Clock& clock;
  int interrupt_fd;
  MakeWay make_way;
  milliseconds deadline;  // on the clock's uptime
  // Says what an Application is waiting for. May be called on any thread.
  std::function<void(const std::string& app, const std::string& words)> say;
  std::string takes_back = {};  // on the way back: the run whose tag is set back
};

}  // namespace stagegate::argocd
