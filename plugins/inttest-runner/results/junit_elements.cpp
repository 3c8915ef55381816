#include "plugins/inttest-runner/results/junit_elements.hpp"

#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/words.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

struct Verdict {
  std::string_view element;
  JunitVerdict verdict;
};
// Surefire: a test that passed at a later try has flaky..., one that never did has <failure> or
// <error> and, for the later tries, rerun...
constexpr std::array kVerdicts = {
    Verdict{"failure", JunitVerdict::failure},  Verdict{"error", JunitVerdict::error},
    Verdict{"skipped", JunitVerdict::skipped},  Verdict{"disabled", JunitVerdict::skipped},
    Verdict{"ignored", JunitVerdict::skipped},  Verdict{"flakyFailure", JunitVerdict::flaky},
    Verdict{"flakyError", JunitVerdict::flaky}, Verdict{"rerunFailure", JunitVerdict::failure},
    Verdict{"rerunError", JunitVerdict::error},
};

const Verdict* find_verdict(std::string_view element) {
  const auto* found = std::find_if(kVerdicts.begin(), kVerdicts.end(),
                                   [&](const Verdict& v) { return v.element == element; });
  return found == kVerdicts.end() ? nullptr : found;
}

struct CountName {
  std::string_view name;
  std::string_view old_name;
  std::string_view besides;  // counted apart from it
};
// pytest once wrote "skips". GoogleTest writes "disabled" and "skipped" for a suite, and for all
// suites together only "disabled", which is not the count of what was skipped.
constexpr std::array kCounts = {CountName{"tests", "", ""}, CountName{"failures", "", ""},
                                CountName{"errors", "", ""},
                                CountName{"skipped", "skips", "disabled"}};

Result<std::optional<std::uint64_t>> read_count(const CountName& names,
                                                const XmlAttributes& attributes) {
  std::optional<std::uint64_t> total;
  for (const std::string_view name : {names.name, names.old_name, names.besides}) {
    const std::string_view written = attributes.text(name);
    if (written.empty() || (name == names.besides && !total)) continue;
    const auto count = text::parse_count(written);
    if (!count || *count > UINT64_MAX - total.value_or(0)) {
      return usage(cat(name, ": ", text::quoted(written), " is no count"));
    }
    total = total.value_or(0) + *count;
  }
  return total;
}

}  // namespace

std::optional<JunitElement> junit_element(std::optional<JunitElement> outer,
                                          std::string_view name) {
  const bool in_suite = outer == JunitElement::suites || outer == JunitElement::suite;
  if (name == "testsuites") return outer ? std::nullopt : std::optional(JunitElement::suites);
  if (name == "testsuite") {
    return !outer || in_suite ? std::optional(JunitElement::suite) : std::nullopt;
  }
  if (name == "testcase") return in_suite ? std::optional(JunitElement::test) : std::nullopt;
  if (!outer) return std::nullopt;
  if (in_suite || outer == JunitElement::test) {
    return find_verdict(name) != nullptr ? JunitElement::verdict : JunitElement::other;
  }
  if (outer == JunitElement::verdict && name == "stackTrace") return JunitElement::trace;
  return JunitElement::other;
}

JunitVerdict junit_verdict(std::string_view element) {
  const Verdict* verdict = find_verdict(element);
  return verdict == nullptr ? JunitVerdict::error : verdict->verdict;
}

TestCase::Status junit_verdict_status(JunitVerdict verdict) {
  switch (verdict) {
    case JunitVerdict::failure:
      return TestCase::Status::failed;
    case JunitVerdict::skipped:
      return TestCase::Status::skipped;
    case JunitVerdict::flaky:
      return TestCase::Status::passed;
    case JunitVerdict::error:
      break;
  }
  return TestCase::Status::error;
}

std::optional<TestCase::Status> junit_status(std::string_view word) {
  const std::string known = text::lower(text::trim(word));
  // GoogleTest and CTest: it was run; whether it passed is told by what stands in the element.
  if (known == "run" || known == "completed") return TestCase::Status::passed;
  return status_of(word);
}

Result<> JunitCounts::add(Sum& sum, std::size_t depth, std::optional<std::uint64_t> count) {
  if (depth == 0) {
    sum.root = count;
  } else if (!count) {
    sum.gap = true;
  } else if (*count > UINT64_MAX - sum.suites.value_or(0)) {
    return usage("the counts of the suites are too much");
  } else {
    sum.suites = sum.suites.value_or(0) + *count;
  }
  return {};
}

Result<> JunitCounts::add(std::size_t depth, const XmlAttributes& attributes) {
  for (std::size_t i = 0; i < kCounts.size(); ++i) {
    auto count = read_count(kCounts[i], attributes);
    if (!count) return forward(std::move(count.error()));
    if (depth > 1) continue;  // what is in an inner suite is in its outer one's counts
    if (auto added = add(sums_[i], depth, *count); !added) return added;
  }
  return {};
}

Declared JunitCounts::declared() const {
  const auto count = [](const Sum& sum) {
    if (sum.root) return sum.root;
    return sum.gap ? std::nullopt : sum.suites;
  };
  Declared declared;
  declared.total = count(sums_[0]);
  declared.failed = count(sums_[1]);
  declared.errors = count(sums_[2]);
  declared.skipped = count(sums_[3]);
  return declared;
}

}  // namespace stagegate::inttest
