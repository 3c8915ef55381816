// What a results file says: its tests one by one, and the counts that it declares itself.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "common/fs/file.hpp"
#include "common/result/result.hpp"
#include "plugins/inttest-runner/results/test_case.hpp"

namespace stagegate::inttest {

enum class Form : std::uint8_t { own, pytest_json, ctrf, junit, tap };

// "pytest-json-report", "JUnit XML", ...
std::string_view form_name(Form form);

// Only what the file says. Nothing is added up from its list of tests.
struct Declared {
  std::optional<std::uint64_t> total;
  std::optional<std::uint64_t> passed;
  std::optional<std::uint64_t> failed;
  std::optional<std::uint64_t> errors;
  std::optional<std::uint64_t> skipped;
  std::optional<std::int64_t> exit_code;

  bool operator==(const Declared&) const = default;
};

struct Reading {
  Form form = Form::own;
  Declared declared;
  bool lists_tests = false;   // there was a list of tests, if an empty one
  std::uint64_t listed = 0;   // how many test cases were told
  std::uint64_t outside = 0;  // of these, errors of a collector or of a whole suite: such an error
                              // is told as a test case, and no tool counts it in its total

  bool operator==(const Reading&) const = default;
};

// A failure ends the reading and is what it returns.
using OnTest = std::function<Result<>(TestCase)>;

// The next bytes of the file, valid until the next call; none at its end.
using Pieces = std::function<Result<std::string_view>()>;

// Whatever the size of the file, little of it is in memory. Refused (usage), with the reason and
// where: empty, truncated or malformed files, unknown forms, unknown words for a status. What has
// been told before a failure is not to be used.
Result<Reading> read_results(const Pieces& pieces, const OnTest& on_test);
Result<Reading> read_results(std::string_view bytes, const OnTest& on_test);
// Fails with unknown when there is no such file or it cannot be read.
Result<Reading> read_results_file(const fs::Path& file, const OnTest& on_test);

}  // namespace stagegate::inttest
