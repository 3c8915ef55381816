// The next slot of a log, and what is told about it once it is committed.
#pragma once

#include "common/audit/log/log.hpp"
#include "common/audit/log/slot.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// The record after `last`, or the first one (null). Not yet committed.
Result<Slot> compose(const Draft& draft, const Slot* last, const SigningKey& key,
                     const LogOptions& options);

Appended told(const Slot& slot, const SigningKey& key);

}  // namespace stagegate::audit
