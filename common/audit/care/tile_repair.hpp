// Makes the tiles of a whole log again.
#pragma once

#include <string>
#include <vector>

#include "common/audit/log/view.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// Those that are missing or are not what the records make; gives their names. A conflict, and
// nothing is written, when the records do not make the tree that is signed.
Result<std::vector<std::string>> make_tiles_again(const View& view);

}  // namespace stagegate::audit
