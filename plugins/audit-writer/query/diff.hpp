// What differs between two stages, or between two moments of all stages.
#pragma once

#include <string>
#include <vector>

#include "plugins/audit-writer/query/stages.hpp"

namespace stagegate::audit_writer {

struct Difference {
  std::string what;  // "image_tag", "stonks/scheduler", or a stage's name
  std::string left;  // empty: not there
  std::string right;
  bool operator==(const Difference&) const = default;
};

// Tag, commit and the digest of each image; what both lack or share is left out.
std::vector<Difference> diff_stages(const StageState& left, const StageState& right);
// The tag of each stage.
std::vector<Difference> diff_moments(const std::vector<StageState>& left,
                                     const std::vector<StageState>& right);

}  // namespace stagegate::audit_writer
