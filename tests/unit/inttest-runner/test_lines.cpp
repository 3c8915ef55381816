#include <vector>

#include "plugins/inttest-runner/child/lines.hpp"
#include "tests/catch.hpp"

using stagegate::inttest::Lines;
using Told = std::vector<std::string>;

namespace {

Told lines_of(const std::vector<std::string>& chunks, std::size_t longest = 100) {
  Told told;
  Lines lines([&](std::string_view line) { told.emplace_back(line); }, longest);
  for (const auto& chunk : chunks) lines.feed(chunk);
  lines.finish();
  return told;
}

}  // namespace

TEST_CASE("lines come whole however they arrive") {
  CHECK(lines_of({"on", "e\ntw", "o\n", "\nfour"}) == Told{"one", "two", "", "four"});
  CHECK(lines_of({"a\nb\nc\n"}) == Told{"a", "b", "c"});
}

TEST_CASE("the line ends of Windows are line ends") {
  CHECK(lines_of({"one\r\ntwo\r", "\n"}) == Told{"one", "two"});
}

TEST_CASE("a line that does not end comes in pieces") {
  CHECK(lines_of({"abcdefgh\ni"}, 3) == Told{"abc", "def", "gh", "i"});
  CHECK(lines_of({"abc\nd"}, 3) == Told{"abc", "", "d"});
}
