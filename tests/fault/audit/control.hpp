// The protocol that the log does not have: one file, one lock, and a checkpoint that says how much
// of the file counts. It is here to be broken: a harness that cannot break it proves nothing.
#pragma once

#include <string>

#include "common/audit/log/layout.hpp"
#include "common/audit/log/log.hpp"
#include "common/audit/log/publish.hpp"

namespace stagegate::tests {

Result<> lock_only_init(const audit::Layout& layout);
// The number of the record that was acknowledged.
Result<std::uint64_t> lock_only_append(const audit::Layout& layout, const std::string& key,
                                       std::chrono::milliseconds lock_wait,
                                       const audit::Step& step);

}  // namespace stagegate::tests
