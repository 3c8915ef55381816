// Joins what has been seen of the segments into the log's tree, and compares that with every root
// that has been signed.
#pragma once

#include <vector>

#include "common/audit/verify/claims.hpp"
#include "common/audit/verify/segment.hpp"

namespace stagegate::audit {

// The facts are those of the tasks, in their order. Gives the root of what is there.
Result<Hash> compare_tree(const Layout& layout, const Claims& claims,
                          const std::vector<SegmentTask>& tasks,
                          const std::vector<SegmentFacts>& facts, Findings& findings);

}  // namespace stagegate::audit
