// When acknowledged records are gone for good (a file server that had only promised to write them,
// a snapshot that was put back): the old log is kept as it is, and a new one begins, which says
// what was lost. The old one is never signed anew: a log whose key has signed two histories proves
// nothing any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/audit/log/log.hpp"
#include "common/audit/record/actor.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// "log.example/audit" -> "log.example/audit/g2" -> "log.example/audit/g3".
std::string next_generation(std::string_view origin);

struct Recovery {
  Layout old_log;
  VerifyKey old_key;
  Layout new_log;      // a directory that is empty or not there
  SigningKey new_key;  // its name has to be the next generation of the old one's
  Actor who;
  std::string reason;
};

struct Recovered {
  Appended record;                        // log.imported
  std::optional<Checkpoint> last_signed;  // the newest tree that the old log's key had signed
  std::uint64_t kept = 0;                 // records whose lines are still there
  bool read_only = false;                 // the old log's files have been made so
};

// Refused when nothing is lost. Repeat it when it was interrupted.
Result<Recovered> recover(const Recovery& recovery, const LogOptions& options);

}  // namespace stagegate::audit
