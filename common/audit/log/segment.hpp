// One file of records, read in pieces: memory does not grow with it.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "common/fs/file.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

enum class Next : std::uint8_t { go_on, stop };

// Told a line, without its newline. It may fail, which ends the reading.
using LineVisit = std::function<Result<Next>(std::string_view)>;

// The lines in the first `end` bytes of a file that hold `needle` (all, when it is empty), found
// without looking at the others. `end` is the end of a line. Fails when the file is shorter
// (unknown: it may not be visible yet) or a line is longer than lines may be (conflict).
Result<Next> lines_forwards(const fs::Path& file, std::uint64_t end, std::string_view needle,
                            const LineVisit& visit);
// Backwards, and not further than `most` bytes from the end, give or take a piece.
Result<Next> lines_backwards(const fs::Path& file, std::uint64_t end, std::uint64_t most,
                             std::string_view needle, const LineVisit& visit);

// How long it is now.
Result<std::uint64_t> length_of(const fs::Path& file);

}  // namespace stagegate::audit
