// A stub is evidence of nothing unless a later record of the same log says that it was made.
#pragma once

#include <vector>

#include "common/audit/record/stub.hpp"
#include "common/audit/verify/findings.hpp"
#include "common/audit/verify/verify.hpp"

namespace stagegate::audit {

// Looks the records up that one segment's stubs name. Fails with unknown when they cannot be read.
Result<> check_redactions(const Layout& layout, const VerifyKey& key,
                          const std::vector<Stub>& stubs, std::uint64_t size, Findings& findings);

}  // namespace stagegate::audit
