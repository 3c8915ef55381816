// What POST /v1/records takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/audit/record/record.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

// More than a line of the log holds: JSON may say a character in six bytes, and what is too long in
// it is cut.
inline constexpr std::size_t kLongestSubmission = std::size_t{128} << 10;

// The record to store. Fails (usage) with every fault, a line for each.
//
// Whoever has the token can say what has happened, but cannot use this way around the rules that
// the log's key stands for: approvals, break-glass, what a gate lets through and the log's own
// records are not taken, nor what would pass for them or keep them out; nobody's identity counts as
// verified.
Result<audit::Draft> parse_submission(std::string_view body);

}  // namespace stagegate::audit_writer
