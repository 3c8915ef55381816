#include <algorithm>

#include "common/oci/tag_list.hpp"
#include "plugins/registry-tag-watch/news/census.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::tag_watch;
using Tags = std::vector<std::string>;
using Keys = std::vector<std::uint64_t>;

namespace {

Keys keys_of(const Tags& tags) {
  Keys keys;
  for (const std::string& tag : tags) keys.push_back(oci::tag_key(tag));
  std::ranges::sort(keys);
  return keys;
}

Tags numbered(int from, int to) {
  Tags tags;
  for (int number = from; number < to; ++number) tags.push_back("build-" + std::to_string(number));
  return tags;
}

Listing census(const Tags& known, const Tags& listed, std::optional<std::size_t> most = 100,
               const TagFilter& filter = {}) {
  const Keys keys = keys_of(known);
  Census census(keys, filter, most);
  for (const std::string& tag : listed) census.note(tag);
  return census.finish().value();
}

bool believed(const Tags& known, const Tags& listed, bool accept_loss = false) {
  return believe(keys_of(known), census(known, listed), accept_loss, "r/api").has_value();
}

}  // namespace

TEST_CASE("what is not known is unseen, in order and once, however often it is listed") {
  const Listing listing = census({"a", "b"}, {"c", "a", "b", "d", "c"});
  CHECK(listing.unseen == Tags{"c", "d"});
  CHECK(listing.keys == keys_of({"a", "b", "c", "d"}));
  CHECK_FALSE(listing.more);
}

TEST_CASE("a tag that is deleted is not known any more") {
  CHECK(census({"a", "b"}, {"b"}).keys == keys_of({"b"}));
}

TEST_CASE("a baseline knows all and has seen nothing") {
  const Listing listing = census({}, {"a", "b"}, std::nullopt);
  CHECK(listing.unseen.empty());
  CHECK(listing.keys == keys_of({"a", "b"}));
}

TEST_CASE("where there is no room for more, what is unseen stays so") {
  const Listing listing = census({"a"}, {"a", "b"}, 0);
  CHECK(listing.unseen.empty());
  CHECK(listing.keys == keys_of({"a"}));
  CHECK(listing.more);
}

TEST_CASE("of too many the first are taken, and the others stay unknown for the next time") {
  const Listing listing = census({"a"}, {"z", "a", "c", "b", "y"}, 2);
  CHECK(listing.unseen == Tags{"b", "c"});
  CHECK(listing.keys == keys_of({"a", "b", "c"}));
  CHECK(listing.more);
}

TEST_CASE("a tag that the filter stops is known, so that another filter does not tell old tags") {
  const auto filter = TagFilter::of({"^build-", "^v"}, {R"(\.sig$)", "cache"}).value();
  const Tags listed = {"build-1", "build-1.sig", "v2", "xv2", "build-cache", "latest"};
  const Listing listing = census({}, listed, 100, filter);
  CHECK(listing.unseen == Tags{"build-1", "v2"});
  CHECK(listing.keys == keys_of(listed));
}

TEST_CASE("a filter of nothing lets everything through, and one that is none is refused") {
  CHECK(TagFilter::of({}, {}).value().lets_through("anything"));
  CHECK_FALSE(TagFilter::of({"("}, {}).has_value());
  const auto bad = TagFilter::of({}, {"["});
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().message.starts_with("exclude: "));
}

TEST_CASE("an empty list is never believed") {
  CHECK_FALSE(believed({"a"}, {}));
  CHECK_FALSE(believed({"a"}, {}, true));
  CHECK_FALSE(believed({}, {}));
}

TEST_CASE(
    "a list that lacks more than half of the known tags is believed only on the user's word") {
  CHECK(believed(numbered(0, 20), numbered(10, 20)));
  CHECK_FALSE(believed(numbered(0, 20), numbered(11, 20)));
  CHECK(believed(numbered(0, 20), numbered(11, 20), true));
  // As many others do not make up for them.
  CHECK_FALSE(believed(numbered(0, 20), numbered(11, 60)));
  // Of a few tags most are soon deleted.
  CHECK(believed(numbered(0, 9), numbered(8, 9)));
}
