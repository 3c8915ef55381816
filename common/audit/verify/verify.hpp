// Has anybody changed the log? Reads everything, believes nothing but the key and the checkpoints
// it is given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

enum class Finding : std::uint8_t {
  modified,  // a line is not the one that a tile or a slot was made of
  chain,     // a line's prev is not the hash of the line before
  deleted,
  inserted,
  root_mismatch,  // the tree is not the one that a signed checkpoint or slot speaks of
  foreign_tail,   // bytes behind the committed end
  truncated,
  missing_file,
  slot_tampered,
  bad_signature,
  rolled_back,  // smaller than, or not an extension of, a checkpoint that is known from elsewhere
  forked,       // two signed notes of one size with different roots
  unauthorised_redaction,
  malformed,      // --strict: a record breaks the schema's rules
  clock,          // --strict
  duplicate_key,  // --strict: one idempotency key, two records
  grant_misused,  // --strict
  behind,         // information: what readers see lags behind what is committed; mends itself
  stray_slot,     // information: left by a writer that was killed after it had been overtaken
};
std::string_view name_of(Finding finding);  // "MODIFIED"
bool is_fault(Finding finding);             // not mere information

struct Found {
  Finding finding;
  std::optional<std::uint64_t> seq;
  std::string where;    // "records/0000000000.jsonl:18"
  std::string message;  // what was expected, and what is there
};

struct VerifyOptions {
  VerifyKey key;
  std::vector<std::string> known = {};  // signed checkpoints kept elsewhere, as they are
  bool strict = false;
  bool quick = false;    // checkpoint, slots, the last segment and the tiles
  unsigned threads = 0;  // 0: one for each core
  std::size_t most_findings = 100;
};

struct Report {
  Checkpoint head;  // what is signed; the root of what is there, when nothing is
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // that were read and hashed
  std::uint64_t redacted = 0;
  std::vector<Found> findings;        // the first ones, in the log's order
  std::uint64_t findings_in_all = 0;  // of these,
  std::uint64_t faults = 0;           // how many are not mere information
  bool faultless() const { return faults == 0; }
};

// A failure means that it could not be verified at all (unknown: not readable).
Result<Report> verify(const Layout& layout, const VerifyOptions& options);

}  // namespace stagegate::audit
