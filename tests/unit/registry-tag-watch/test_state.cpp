#include <algorithm>

#include "common/oci/tag_list.hpp"
#include "plugins/registry-tag-watch/news/state.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::tag_watch;

namespace {

const std::vector<oci::Repository> kImages = {{"r.example", "team/risk"},
                                              {"r.example", "team/api"}};

State some_state() {
  State state = empty_state(kImages, 1);
  state.moving = {"latest", oci::digest_of("1").text, 3};
  for (const char* tag : {"a", "b", "c"}) state.keys.push_back(oci::tag_key(tag));
  std::ranges::sort(state.keys);
  state.pending = {{"c", time::parse_instant("2026-11-24T16:00:00Z").value()}};
  return state;
}

}  // namespace

TEST_CASE("a state is read back as it was written") {
  const State state = some_state();
  CHECK(parse_state(state_text(state)).value() == state);
  const State empty = empty_state(kImages, 0);
  CHECK(parse_state(state_text(empty)).value() == empty);
}

TEST_CASE("the keys are eight bytes each, the highest first, in base64") {
  State state = empty_state(kImages, 0);
  state.keys = {1, 0x0102030405060708};
  CHECK(state_text(state).find(R"("AAAAAAAAAAEBAgMEBQYHCA==")") != std::string::npos);
}

TEST_CASE("a state that is damaged in any way is refused") {
  const std::string whole = state_text(some_state());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  const auto refused = [](const std::string& text) {
    INFO(text);
    const auto state = parse_state(text);
    REQUIRE_FALSE(state.has_value());
    CHECK(state.error().kind == Failure::Kind::usage);
  };
  refused("");
  refused(whole.substr(0, whole.size() / 2));
  refused(with(R"("schema": 1)", R"("schema": 2)"));
  refused(with(R"("images": [)", R"("images": [], "old": [)"));
  refused(with(R"("pending": [)", R"("pending": {}, "old": [)"));
  refused(with("2026-11-24", "2026-13-24"));
  refused(with(R"("tag": "c")", R"("tag": "c d")"));
  refused(with(R"("keys": ")", R"("keys": "AAAA)"));
  // Two keys in the wrong order.
  State unordered = some_state();
  std::swap(unordered.keys[0], unordered.keys[1]);
  refused(state_text(unordered));
}
