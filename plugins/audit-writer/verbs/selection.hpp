// What several verbs are asked with.
#pragma once

#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/audit-writer/options.hpp"
#include "plugins/audit-writer/query/filter.hpp"

namespace stagegate::audit_writer {

// The records that the settings name. Fails (usage) for a time that is none.
Result<Filter> filter_of(const Options& options);

// The checkpoints of `origin` in files of the setting `known`. A file without one is refused: it
// would compare with nothing, and nobody would notice.
Result<std::vector<std::string>> known_checkpoints(const std::vector<std::string>& files,
                                                   const std::string& origin);

}  // namespace stagegate::audit_writer
