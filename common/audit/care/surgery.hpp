// Changing a segment where it stands: what appending never does, and an operator may order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/audit/log/layout.hpp"
#include "common/audit/tree/merkle.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// Bytes at a place of a segment, synced; also when the segment is full and read-only.
Result<> overwrite(const Layout& layout, std::uint64_t segment, std::uint64_t at,
                   std::string_view bytes);
// The line of a record by another one of its length. A conflict when that record does not stand in
// its segment.
Result<> overwrite_line(const Layout& layout, std::uint64_t seq, const Hash& leaf,
                        std::string_view line);
Result<> cut_off(const Layout& layout, std::uint64_t segment, std::uint64_t length);
// At most `most` bytes.
Result<std::string> read_bytes(const Layout& layout, std::uint64_t segment, std::uint64_t from,
                               std::size_t most);

}  // namespace stagegate::audit
