// {"name": "team/service", "tags": ["a", "b"]}, and what follows when it comes in pages. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json_stream.hpp"

namespace stagegate::oci {

using TagSink = std::function<void(std::string_view tag)>;

// Reads one page while it arrives. `tags: null` is an empty list; names that are no tags are left
// out: nothing could be asked about them.
class TagListReader {
 public:
  explicit TagListReader(const TagSink& each);
  Result<> feed(std::string_view bytes);
  // Fails when the page is not whole, or is no list of tags at all.
  Result<> finish();

 private:
  Result<> take(text::JsonToken token, std::string_view text);

  const TagSink& each_;
  int depth_ = 0;
  bool at_tags_ = false;  // the value of "tags" comes next
  bool in_tags_ = false;
  bool seen_ = false;
  text::JsonStream stream_;
};

// What a page's Link headers say about the next one: the query to ask with, or nullopt when this
// was the last. Only the query is taken, and only of a Link to the same list: some registries lose
// their port in an absolute one, and a foreign host has no business here (refused, unknown).
Result<std::optional<std::string>> next_page(std::span<const std::string_view> links,
                                             std::string_view asked_url, std::string_view path);

// The query with 1000 tags a page instead of fewer, where the cursor is a tag and not a secret of
// the registry's: each page costs it the reading of its whole directory. Empty: leave it.
std::optional<std::string> with_larger_pages(std::string_view query);

// Eight bytes that stand for a tag: what is kept of fifty thousand of them.
std::uint64_t tag_key(std::string_view tag);

// Knows which tags have been seen, page by page.
class SeenTags {
 public:
  void add(std::string_view tag) { page_.push_back(tag_key(tag)); }
  // The page is over. False when it has brought nothing new.
  bool end_page();
  // Sorted, each once.
  const std::vector<std::uint64_t>& keys() const { return keys_; }

 private:
  std::vector<std::uint64_t> page_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace stagegate::oci
