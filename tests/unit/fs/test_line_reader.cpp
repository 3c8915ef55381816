#include <fstream>

#include "common/fs/line_reader.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"

using namespace stagegate;

namespace {

struct Read {
  std::string text;
  std::uint64_t start;
  std::uint64_t end;
  bool ended;
  bool too_long;
  bool operator==(const Read&) const = default;
};

std::vector<Read> lines_of(const std::string& bytes, std::size_t longest,
                           std::uint64_t offset = 0) {
  const tests::Directory directory;
  std::ofstream(directory / "lines", std::ios::binary) << bytes;
  auto reader = fs::LineReader::open(directory / "lines", longest, offset);
  REQUIRE(reader);
  std::vector<Read> lines;
  for (;;) {
    const auto line = reader->next();
    REQUIRE(line);
    if (!*line) return lines;
    lines.push_back({std::string((*line)->text), (*line)->start, (*line)->end, (*line)->ended,
                     (*line)->too_long});
  }
}

}  // namespace

TEST_CASE("a file's lines come in order, with the place where each stands") {
  CHECK(lines_of("", 10).empty());
  CHECK(lines_of("a\n\nbc\n", 10) == std::vector<Read>{{"a", 0, 2, true, false},
                                                       {"", 2, 3, true, false},
                                                       {"bc", 3, 6, true, false}});
  CHECK(lines_of("a\nbc\n", 10, 2) == std::vector<Read>{{"bc", 2, 5, true, false}});
}

TEST_CASE("what follows the last newline is told apart from a line") {
  CHECK(lines_of("a\nbc", 10) ==
        std::vector<Read>{{"a", 0, 2, true, false}, {"bc", 2, 4, false, false}});
}

TEST_CASE("a line that is too long is cut, and the next one is still found") {
  const std::string longest(10, 'x');
  CHECK(lines_of(longest + "\nb\n", 10) ==
        std::vector<Read>{{longest, 0, 11, true, false}, {"b", 11, 13, true, false}});
  CHECK(lines_of(longest + "y\nb\n", 10) ==
        std::vector<Read>{{longest, 0, 12, true, true}, {"b", 12, 14, true, false}});
  const std::string huge(1'000'000, 'x');
  CHECK(lines_of(huge + "\nb\n", 10) ==
        std::vector<Read>{{longest, 0, 1'000'001, true, true},
                          {"b", 1'000'001, 1'000'003, true, false}});
  CHECK(lines_of(huge, 10) == std::vector<Read>{{longest, 0, 1'000'000, false, true}});
}

TEST_CASE("lines are whole wherever they meet the edge of what is read at once") {
  std::string bytes;
  std::vector<Read> wanted;
  for (std::size_t i = 0; i < 3'000; ++i) {
    const std::string line(i % 701, static_cast<char>('a' + i % 26));
    wanted.push_back({line, bytes.size(), bytes.size() + line.size() + 1, true, false});
    bytes += line + "\n";
  }
  CHECK(lines_of(bytes, 700) == wanted);
}

TEST_CASE("a file that cannot be read is said so, with its name") {
  const auto reader = fs::LineReader::open("/nonexistent/lines", 10);
  REQUIRE_FALSE(reader);
  CHECK(reader.error().kind == Failure::Kind::unknown);
  CHECK_THAT(reader.error().message, ContainsSubstring("/nonexistent/lines"));
  auto directory = fs::LineReader::open("/", 10);
  REQUIRE(directory);
  CHECK_FALSE(directory->next());
}
