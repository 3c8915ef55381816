#include "plugins/inttest-runner/verdict/tally.hpp"
#include "tests/catch.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;

namespace {

TestCase test(std::string name, Status status = Status::passed, int ms = -1) {
  TestCase test;
  test.name = std::move(name);
  test.status = status;
  if (ms >= 0) test.duration = std::chrono::milliseconds(ms);
  return test;
}

std::vector<std::string> names(const std::vector<TestCase>& tests) {
  std::vector<std::string> names;
  for (const auto& each : tests) names.push_back(each.name);
  return names;
}

}  // namespace

TEST_CASE("tests are counted by what became of them") {
  Tally tally;
  for (const auto status : {Status::passed, Status::failed, Status::error, Status::skipped}) {
    tally.add(test("a", status));
  }
  tally.add(test("b"));
  CHECK(tally.counts() == Counts{2, 1, 1, 1});
  CHECK(tally.counts().total() == 5);
  CHECK(tally.counts().ran() == 4);
  CHECK(tally.counts().bad() == 2);
}

TEST_CASE("the slowest five are kept, the slowest first") {
  Tally tally;
  for (const int ms : {30, 10, 50, 20, 70, 60, 40}) tally.add(test(std::to_string(ms), {}, ms));
  tally.add(test("no time told"));
  CHECK(names(tally.slowest()) == std::vector<std::string>{"70", "60", "50", "40", "30"});
}

TEST_CASE("of any number of failures the first hundred are kept, in order") {
  Tally tally;
  for (int i = 0; i < 1000; ++i) tally.add(test(std::to_string(i), Status::failed));
  CHECK(tally.counts().failed == 1000);
  CHECK(tally.bad().size() == Tally::kNamed);
  CHECK(tally.bad().back().name == "99");
}
