// Where things are in a log's directory.
#pragma once

#include <cstdint>
#include <string>

#include "common/fs/file.hpp"

namespace stagegate::audit {

struct Layout {
  fs::Path directory;

  fs::Path about() const;  // log.json
  fs::Path checkpoint() const;
  fs::Path records() const;
  fs::Path segment(std::uint64_t index) const;  // records/0000000000.jsonl, by its first seq
  fs::Path tail() const;
  fs::Path slot(std::uint64_t seq) const;                    // tail/0000000041
  fs::Path tile(unsigned level, std::uint64_t index) const;  // tile/0/x001/234
  fs::Path lock() const;
  fs::Path quarantine() const;
};

inline constexpr unsigned kSegmentBits = 16;
inline constexpr std::uint64_t kSegmentLines = std::uint64_t{1} << kSegmentBits;
inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::uint64_t kSlotsKept = 512;

// Of every directory in it; nobody else is to read what records say.
inline constexpr unsigned kDirectoryMode = 0750;

// log.json, written once by init.
struct About {
  std::string origin;
  std::string vkey;
};
std::string show(const About& about);
Result<About> parse_about(std::string_view json);
// Refused (unknown) when it is not there: "is the volume mounted? run init once".
Result<About> read_about(const Layout& layout);

}  // namespace stagegate::audit
