// Records that a decision rests on, checked against the signed tree while they are read: whoever
// can write to the volume, but has no key, can change a line, and reading alone would not notice
// it.
#pragma once

#include <cstdint>

#include "common/audit/log/view.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// Every record from `from` on, in order; those that have been redacted are passed over. What has
// been visited counts only when this succeeds: a conflict when they are not the records that were
// signed, or when one has been taken out without a record that says so.
Result<> each_proven(const View& view, std::uint64_t from, const Visit& visit);

}  // namespace stagegate::audit
