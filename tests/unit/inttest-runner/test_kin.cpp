#include <algorithm>

#include "plugins/inttest-runner/child/kin.hpp"
#include "tests/catch.hpp"

using namespace stagegate::inttest;

namespace {

std::vector<pid_t> sorted(std::vector<pid_t> pids) {
  std::ranges::sort(pids);
  return pids;
}

}  // namespace

TEST_CASE("a process may call itself whatever it likes") {
  const Process process = parse_stat("42 (a) S 1 (b)) S 17 42 42 0 -1");
  CHECK(process.pid == 42);
  CHECK(process.parent == 17);
}

TEST_CASE("a process that has ended and waits to be asked about is no living one") {
  CHECK(parse_stat("42 (sleep) Z 17 42 42").pid == 0);
}

TEST_CASE("what is no line of /proc is no process") {
  const auto* const text = GENERATE("", "42", "42 (x)", "42 (x) S", "x (x) S 1", "42 (x) S y");
  CHECK(parse_stat(text).pid == 0);
}

TEST_CASE("the children of children belong to the family, in whatever order they are listed") {
  const std::vector<Process> all = {{5, 4}, {2, 1}, {4, 2}, {3, 9}, {9, 9}, {1, 0}};
  CHECK(sorted(descendants(all, 1)) == std::vector<pid_t>{2, 4, 5});
  CHECK(descendants(all, 5).empty());
}
