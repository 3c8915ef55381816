// What a look has come to, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "common/imageset/announce.hpp"
#include "common/step/outcome.hpp"
#include "plugins/registry-tag-watch/watcher.hpp"

namespace stagegate::tag_watch {

// "11/14 present; waiting for risk, superset, 1 not asked for yet"
std::string awaited(const std::vector<oci::Repository>& images, const Roll& roll);

// Past the deadline, for finding out what to say.
inline constexpr milliseconds kForDiagnosis{10'000};

// One line for each image; `hints` (empty, or one for each) say what helps.
std::string table(const std::vector<oci::Repository>& images, const Roll& roll,
                  const std::vector<std::string>& hints);
text::Json report_json(const std::string& tag, const std::vector<oci::Repository>& images,
                       const Roll& roll, const std::vector<std::string>& hints);

// Why images are missing, as far as a question or two can tell: one hint for each image, empty for
// those that are there. Takes no longer than kForDiagnosis.
std::vector<std::string> diagnose(Watcher& watcher, const std::string& tag,
                                  const time::Clock& clock);

// Adds to a success what has become of telling Kargo. When only Kargo can go on, and cannot, it is
// none any more.
void add_announcement(step::Outcome& outcome, const imageset::Announced& announced);

}  // namespace stagegate::tag_watch
