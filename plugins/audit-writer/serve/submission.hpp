// What POST /v1/records takes.
#pragma once

#include <string>
#include <string_view>

#include "common/audit/record.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

// The record to store. Fails (usage) with every fault, a line for each.
//
// Whoever has the token can say what has happened, but cannot use this way around the rules that
// the log's key stands for: approvals, break-glass and the log's own records are not taken, and
// nobody's identity counts as verified.
Result<audit::Draft> parse_submission(std::string_view body);

}  // namespace stagegate::audit_writer
