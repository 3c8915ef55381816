// What the tests of one run came to, in bounded memory however many there are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/inttest-runner/results/reading.hpp"

namespace stagegate::inttest {

struct Counts {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t errors = 0;
  std::uint64_t skipped = 0;

  std::uint64_t total() const { return passed + failed + errors + skipped; }
  std::uint64_t ran() const { return total() - skipped; }
  std::uint64_t bad() const { return failed + errors; }
  bool operator==(const Counts&) const = default;
};

class Tally {
 public:
  static constexpr std::size_t kNamed = 100;  // of those that failed, of those that are flaky
  static constexpr std::size_t kSlowest = 5;

  void add(TestCase test);

  const Counts& counts() const { return counts_; }
  // The first ones that failed or could not run, in the order of the file.
  const std::vector<TestCase>& bad() const { return bad_; }
  // The slowest first.
  const std::vector<TestCase>& slowest() const { return slowest_; }
  const std::vector<std::string>& flaky() const { return flaky_; }

 private:
  Counts counts_;
  std::vector<TestCase> bad_;
  std::vector<TestCase> slowest_;
  std::vector<std::string> flaky_;
};

// "tests/api/test_orders.py: test_cancel"
std::string full_name(const TestCase& test);

}  // namespace stagegate::inttest
