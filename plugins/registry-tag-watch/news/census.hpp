// A list of tags, held against those that are known. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/oci/refusal.hpp"
#include "plugins/registry-tag-watch/news/state.hpp"
#include "plugins/registry-tag-watch/news/tag_filter.hpp"

namespace stagegate::tag_watch {

struct Listing {
  std::vector<std::uint64_t> keys;  // known from now on; sorted
  std::vector<std::string> unseen;  // those among them that were not; sorted
  bool more = false;                // there are more unseen ones than are taken at once
};

// Takes a list while it arrives.
class Census {
 public:
  // The first `most` of the unseen tags (in their order) are taken; the others stay unknown, and
  // are unseen the next time. Without `most` all are known and none is unseen: a baseline.
  Census(std::span<const std::uint64_t> known, const TagFilter& filter,
         std::optional<std::size_t> most)
      : known_(known), filter_(filter), most_(most) {}

  void note(std::string_view tag);
  // Refused: a list that is too long to be remembered.
  oci::Answer<Listing> finish();

 private:
  std::span<const std::uint64_t> known_;
  const TagFilter& filter_;
  std::optional<std::size_t> most_;
  std::vector<std::uint64_t> keys_;
  std::set<std::string> unseen_;
  bool more_ = false;
};

// A registry in trouble lists nothing, or a part, and answers 200. Whoever believed it would tell
// all tags again when it is well. So an empty list is never believed; and one that lacks more than
// half of the known tags (of ten or more) only when the user says that they were deleted.
oci::Answer<> believe(std::span<const std::uint64_t> known, const Listing& listing,
                      bool accept_loss, std::string_view anchor);

}  // namespace stagegate::tag_watch
