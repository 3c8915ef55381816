// The log as C2SP tlog-tiles has it: a static tree of files that any web server can serve and any
// tool for such logs can verify. It follows from the records alone, byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/audit/tree/checkpoint.hpp"
#include "common/fs/file.hpp"
#include "common/result/result.hpp"
#include "plugins/audit-writer/query/source.hpp"

namespace stagegate::audit_writer {

struct TreeExported {
  std::uint64_t records = 0;
  std::uint64_t files = 0;
  // Their entries are stubs, which a verifier that hashes the entries will refuse.
  std::vector<std::uint64_t> redacted;
};

struct TreeHead {
  audit::Checkpoint checkpoint;
  std::string note;  // the checkpoint as it was signed
};

// Writes the first `head.checkpoint.size` records into `folder`, which must be empty or not there
// yet, the checkpoint last: a tree without one has not been finished. Fails with conflict when the
// records are not the ones that the checkpoint speaks of.
Result<TreeExported> export_tiles(const RecordSource& source, const TreeHead& head,
                                  const fs::Path& folder);

// "x001/x234/067", and with the width of one that is not full "x001/x234/067.p/12".
std::string tile_name(std::uint64_t index, std::uint64_t width = 256);

}  // namespace stagegate::audit_writer
