// What has to be right before tests run for an hour: whatever follows a pass is checked here.
#pragma once

#include <optional>

#include "common/imageset/announce.hpp"
#include "common/imageset/lock.hpp"
#include "common/imageset/mark.hpp"
#include "common/imageset/registries.hpp"
#include "common/time/clock.hpp"
#include "plugins/inttest-runner/options.hpp"

namespace stagegate::inttest {

struct Ground {
  std::optional<imageset::Lock> lock;      // none: which images are tested is not known
  std::optional<imageset::MarkPlan> plan;  // none: nothing is marked
  std::optional<oci::Repository> archive;
  std::optional<imageset::Locked> attach_to;
  std::optional<imageset::Registries> registries;  // none: none is asked
  std::optional<imageset::Announcer> announcer;    // none: nobody is told
};

// Fails (usage) for settings that contradict each other or the lock, and (conflict) when the images
// are not those of the lock already.
Result<Ground> prepare(const Options& options, time::Clock& clock, int interrupt_fd);

}  // namespace stagegate::inttest
