// What a record may say, beyond being the one that was recorded: the schema's rules, clocks,
// idempotency keys, and that no grant was used twice or out of its scope. Memory does not grow with
// the log, only with the number of grants.
#pragma once

#include <cstdint>

#include "common/audit/verify/findings.hpp"
#include "common/audit/verify/verify.hpp"

namespace stagegate::audit {

// Of the first `size` records. Fails with unknown when something cannot be read.
Result<> check_records(const Layout& layout, std::uint64_t size, Findings& findings);
Result<> find_duplicate_keys(const Layout& layout, std::uint64_t size, Findings& findings);

}  // namespace stagegate::audit
