// What is remembered between two looks: which tags are known, and which are not complete yet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/fs/file.hpp"
#include "common/oci/name.hpp"
#include "common/time/instant.hpp"

namespace stagegate::tag_watch {

// No more tags than this are known of a repository: eight bytes each.
inline constexpr std::size_t kMostTags = 1'000'000;

// A tag that is in the anchor and has not been told.
struct Candidate {
  std::string tag;
  time::Instant first_seen;
  bool operator==(const Candidate&) const = default;
};

// A tag that moves with each build: while it stands still, no list is read.
struct MovingTag {
  std::string tag;
  std::string digest;     // empty: it was not there
  int lists_skipped = 0;  // since the last list
  bool operator==(const MovingTag&) const = default;
};

struct State {
  std::string anchor;               // whose tags they are
  std::vector<std::string> images;  // sorted; the anchor is one of them
  MovingTag moving = {};
  std::vector<std::uint64_t> keys = {};  // oci::tag_key() of every known tag; sorted
  std::vector<Candidate> pending = {};
  bool operator==(const State&) const = default;
};

// Of no tags.
State empty_state(std::span<const oci::Repository> images, std::size_t anchor);

// {"schema": 1, ...}; the keys as one text, base64 of eight bytes each, the highest first.
std::string state_text(const State& state);
// Refused (usage): what is no state of this schema.
Result<State> parse_state(std::string_view text);

// nullopt: there is none yet. Refused (usage): an unreadable one, and that of other images.
Result<std::optional<State>> read_state(const fs::Path& path, const State& expected);
Result<> write_state(const fs::Path& path, const State& state);

}  // namespace stagegate::tag_watch
