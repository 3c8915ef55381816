#include "plugins/registry-tag-watch/news/census.hpp"

#include <algorithm>

#include "common/oci/tag_list.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using text::cat;

namespace {

constexpr std::size_t kFew = 10;  // of so few tags half are soon deleted

std::size_t count_common(std::span<const std::uint64_t> left,
                         std::span<const std::uint64_t> right) {
  std::size_t common = 0;
  for (auto l = left.begin(), r = right.begin(); l != left.end() && r != right.end();) {
    if (*l == *r) {
      ++common;
      ++l;
      ++r;
    } else if (*l < *r) {
      ++l;
    } else {
      ++r;
    }
  }
  return common;
}

}  // namespace

void Census::note(std::string_view tag) {
  const std::uint64_t key = oci::tag_key(tag);
  const bool news = most_ && !std::ranges::binary_search(known_, key) && filter_.lets_through(tag);
  if (!news) {
    if (keys_.size() <= kMostTags) keys_.push_back(key);
    return;
  }
  unseen_.emplace(tag);
  if (unseen_.size() > *most_) {
    unseen_.erase(std::prev(unseen_.end()));
    more_ = true;
  }
}

oci::Answer<Listing> Census::finish() {
  Listing listing{std::move(keys_), {unseen_.begin(), unseen_.end()}, more_};
  for (const std::string& tag : listing.unseen) listing.keys.push_back(oci::tag_key(tag));
  if (listing.keys.size() > kMostTags) {
    return oci::forward(oci::strange(200, cat("there are more than ", kMostTags,
                                              " tags: delete "
                                              "old ones, no more are remembered")));
  }
  std::ranges::sort(listing.keys);
  listing.keys.erase(std::unique(listing.keys.begin(), listing.keys.end()), listing.keys.end());
  return listing;
}

oci::Answer<> believe(std::span<const std::uint64_t> known, const Listing& listing,
                      bool accept_loss, std::string_view anchor) {
  if (listing.keys.empty()) {
    return oci::forward(oci::strange(
        200, cat("the list of tags of ", anchor, " is empty: not believed, what is known stays")));
  }
  const std::size_t lost = known.size() - count_common(known, listing.keys);
  if (accept_loss || known.size() < kFew || lost * 2 <= known.size()) return {};
  return oci::forward(oci::strange(
      200, cat("the list of tags of ", anchor, " lacks ", lost, " of ", known.size(),
               " known tags: not believed, what is known stays; if they were deleted, set "
               "accept_loss: true once")));
}

}  // namespace stagegate::tag_watch
