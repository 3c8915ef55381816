// What runs where, by the log: each stage's latest successful promotion.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

struct StageState {
  std::string name;
  std::optional<Record> promotion;  // none while nothing has been deployed
  // By the stage's latest control record; true without one.
  bool enabled = true;
};

// In the order in which the stages were first deployed to, as of `at` (by when records were
// appended; the whole log without it). With a `stage` only that one.
Result<std::vector<StageState>> read_stages(const RecordSource& source,
                                            std::optional<audit::Stamp> at,
                                            const std::string& stage = {});

}  // namespace stagegate::audit_writer
