// What the elements and attributes of JUnit XML mean. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/result/result.hpp"
#include "plugins/inttest-runner/results/reading.hpp"
#include "plugins/inttest-runner/results/xml_stream.hpp"

namespace stagegate::inttest {

enum class JunitElement : std::uint8_t {
  suites,
  suite,
  test,
  verdict,  // <failure> and the like, in a test or in a suite
  trace,    // Surefire: <stackTrace> in a verdict
  other,
};

// The root has no outer element. Empty: the element must not be there, or is no root.
std::optional<JunitElement> junit_element(std::optional<JunitElement> outer, std::string_view name);

enum class JunitVerdict : std::uint8_t { failure, error, skipped, flaky };
JunitVerdict junit_verdict(std::string_view element);
TestCase::Status junit_verdict_status(JunitVerdict verdict);

// The attributes "status" and "result" of a test; empty when the word is not known.
std::optional<TestCase::Status> junit_status(std::string_view word);

// The counts of the root, or, where it gives none, of the suites in it, where all of them do.
class JunitCounts {
 public:
  // Of a <testsuites> or <testsuite> with so many others around it. Fails (usage) at what is no
  // count.
  Result<> add(std::size_t depth, const XmlAttributes& attributes);
  Declared declared() const;

 private:
  struct Sum {
    std::optional<std::uint64_t> root;
    std::optional<std::uint64_t> suites;
    bool gap = false;  // a suite does not give it
  };
  static Result<> add(Sum& sum, std::size_t depth, std::optional<std::uint64_t> count);

  std::array<Sum, 4> sums_;
};

}  // namespace stagegate::inttest
