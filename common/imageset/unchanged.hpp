// Whether the tag of a build still stands for the bits that were locked.
#pragma once

#include <chrono>
#include <cstddef>

#include "common/imageset/lock.hpp"
#include "common/imageset/registries.hpp"
#include "common/time/clock.hpp"

namespace stagegate::imageset {

// What was found under the tag, held against the lock: other bits or none are a conflict ("image
// changed under test").
oci::Answer<> as_locked(const Lock& lock, std::size_t image,
                        const oci::Answer<oci::Descriptor>& there);

// Looks at all images, again and again until the deadline (on the clock's uptime) where a registry
// does not answer.
Result<> check_unchanged(Registries& registries, time::Clock& clock, const Lock& lock,
                         std::chrono::milliseconds deadline);

}  // namespace stagegate::imageset
