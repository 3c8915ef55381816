// Keeps the results files of all runs, so that a verdict can be proven later: in a folder, in a
// repository of their own in a registry, attached to the image that they are about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/imageset/lock.hpp"
#include "common/imageset/registries.hpp"
#include "common/oci/artifact.hpp"
#include "common/time/clock.hpp"
#include "plugins/inttest-runner/options.hpp"
#include "plugins/inttest-runner/run/attempt.hpp"

namespace stagegate::inttest {

inline constexpr std::string_view kResultsType =
    "application/vnd.stagegate.inttest-results.v1+json";

// What a file is called in the archive: "3f2a91c...-42.json", "3f2a91c...-42.attempt-1.json".
// `number` of `count` runs; the last one decides and has no number in its name.
std::string archive_name(const Options& options, const fs::Path& results, std::size_t number,
                         std::size_t count);

// Into the folder, without ever replacing anything: the place.
Result<fs::Path> keep_in_folder(const fs::Path& folder, const std::string& name,
                                const fs::Path& results);

// The artifact that the runs make.
Result<oci::Artifact> results_artifact(const Options& options, const std::vector<Attempt>& attempts,
                                       const std::optional<imageset::Lock>& lock,
                                       time::Instant now);

}  // namespace stagegate::inttest
