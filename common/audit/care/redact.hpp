// Taking out what a record says about a person, and nothing else: its place in the tree stays, and
// a later record says who took it out and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/audit/log/log.hpp"
#include "common/audit/record/actor.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Redaction {
  std::uint64_t seq = 0;
  std::string reason;
  Actor who;
};

struct Redacted {
  std::uint64_t by = 0;            // the record that says so
  std::optional<Appended> record;  // empty when it had been written by an earlier try
  bool had_been = false;           // nothing was left to do
};

// Repeat it when it was interrupted. Refused for records about the log itself, which are what
// verification rests on. Exports and backups are elsewhere: they have to be made again.
Result<Redacted> redact(Log& log, const Redaction& redaction);

// A record that has been redacted, told by its idempotency key.
struct RedactedKey {
  std::uint64_t seq = 0;
  std::uint64_t by = 0;
};
// So that what was taken out is not put in again from a copy. Redactions of before there was a mark
// for it (log.idem_sha256) are not found.
Result<std::optional<RedactedKey>> find_redacted_key(const View& view, std::string_view key);

// The record that redacts another one; empty when there is none.
Result<std::optional<std::uint64_t>> find_redaction(const View& view, std::uint64_t seq);

}  // namespace stagegate::audit
