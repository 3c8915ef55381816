// One test of a results file, whatever the form of the file.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagegate::inttest {

struct TestCase {
  enum class Status : std::uint8_t { passed, failed, error, skipped };

  std::string suite;  // file, class or classname; may be empty
  std::string name;
  Status status = Status::passed;
  std::string message;  // of failed, error, skipped
  std::optional<std::chrono::milliseconds> duration;
  bool flaky = false;  // passed, but not at the first try

  bool operator==(const TestCase&) const = default;
};

// Longer texts are cut, at the end of a character: no file makes a test case large.
inline constexpr std::size_t kLongestText = 4u << 10;

std::string_view status_name(TestCase::Status status);

}  // namespace stagegate::inttest
