// Marks the images of a lock as tested: each gets one more tag, written once, the watched
// repository last. Until that one has it, nothing is published; whoever is killed in between runs
// again and goes on. The registry has no compare-and-swap: what can be done without is done.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "common/imageset/lock.hpp"
#include "common/imageset/registries.hpp"
#include "common/time/clock.hpp"

namespace stagegate::imageset {

struct MarkPlan {
  Lock lock;
  std::string tag;         // the new one
  std::size_t anchor = 0;  // whose tag publishes all: the place in the lock
  // What stands there from another run, for other bits, gives way as long as the anchor has no such
  // tag: nobody can have taken it for tested.
  bool replace_unpublished = false;
  std::chrono::milliseconds deadline{0};  // on the clock's uptime
};

struct Marking {
  std::size_t stored = 0;  // the others had the tag already
};

// Each manifest is read by the tag that was tested: other bits than the lock's are a conflict
// ("image changed under test"), and so is another image under the new tag.
Result<Marking> mark(Registries& registries, time::Clock& clock, const MarkPlan& plan);

// The place of the repository among the images. Refused (usage) when it is not one of them; without
// a name, when there is more than one.
Result<std::size_t> find_anchor(std::span<const oci::Repository> images,
                                std::string_view repository, std::string_view default_registry);

}  // namespace stagegate::imageset
