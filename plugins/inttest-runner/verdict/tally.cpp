#include "plugins/inttest-runner/verdict/tally.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::inttest {

using Status = TestCase::Status;

void Tally::add(TestCase test) {
  switch (test.status) {
    case Status::passed:
      ++counts_.passed;
      break;
    case Status::failed:
      ++counts_.failed;
      break;
    case Status::error:
      ++counts_.errors;
      break;
    case Status::skipped:
      ++counts_.skipped;
      break;
  }
  if (test.flaky && flaky_.size() < kNamed) flaky_.push_back(full_name(test));
  const bool is_bad = test.status == Status::failed || test.status == Status::error;
  if (is_bad && bad_.size() < kNamed) bad_.push_back(test);
  if (!test.duration) return;
  const auto slower = [](const TestCase& left, const TestCase& right) {
    return left.duration > right.duration;
  };
  if (slowest_.size() == kSlowest && !slower(test, slowest_.back())) return;
  if (slowest_.size() == kSlowest) slowest_.pop_back();
  const auto place = std::ranges::upper_bound(slowest_, test, slower);
  slowest_.insert(place, std::move(test));
}

std::string full_name(const TestCase& test) {
  return test.suite.empty() ? test.name : text::cat(test.suite, ": ", test.name);
}

}  // namespace stagegate::inttest
