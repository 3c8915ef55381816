// Makes what follows from the committed records again: lines, tiles, and the newest slot where the
// lines and the checkpoint prove it. Decides nothing, and signs nothing that was not signed before;
// whatever it overwrites or cuts off is kept in quarantine/ first, and a record says so. For an
// operator, never for an appender.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/log/log.hpp"
#include "common/audit/record/actor.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct RepairOrder {
  Actor who;
  std::string reason = {};
};

struct Quarantined {
  std::string file;  // "quarantine/..."
  std::uint64_t bytes = 0;
  std::uint64_t seq = 0;  // of the log.recovered record
};

struct Repaired {
  std::optional<std::uint64_t> slot;     // that of the newest record, which was missing
  std::vector<std::uint64_t> lines;      // records whose lines were written again
  std::uint64_t cut_off = 0;             // bytes behind the committed end
  std::vector<std::string> tiles;        // made again
  std::vector<Quarantined> quarantined;  // what was overwritten or cut off
  std::vector<std::string> left;         // what could not be mended, and why
  bool changed() const { return slot || !lines.empty() || cut_off > 0 || !tiles.empty(); }
};

// Fails with conflict when the log's head cannot be trusted: that is for recover().
Result<Repaired> repair(Log& log, const RepairOrder& order);

}  // namespace stagegate::audit
