// JUnit XML as Surefire, pytest, GoogleTest, Jest, Go and the others write it. Nobody defines it:
// what they have in common is read, and what could hide a failure is refused.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/form_reader.hpp"
#include "plugins/inttest-runner/results/junit_elements.hpp"
#include "plugins/inttest-runner/results/words.hpp"
#include "plugins/inttest-runner/results/xml_stream.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;
using Status = TestCase::Status;

class JunitReader : public FormReader, XmlStream::Listener {
 public:
  explicit JunitReader(const OnTest& on_test) : on_test_(on_test), stream_(*this) {
    reading_.form = Form::junit;
    reading_.lists_tests = true;
  }

  Result<> feed(std::string_view bytes) override { return stream_.feed(bytes); }

  Result<Reading> finish() override {
    if (auto whole = stream_.finish(); !whole) {
      return usage(cat("the file is cut short: ", whole.error().message));
    }
    reading_.declared = counts_.declared();
    return reading_;
  }

 private:
  struct Open {
    JunitElement element;
    std::string suite;  // the name of a suite
  };

  Result<> on_begin(std::string_view name, const XmlAttributes& attributes) override {
    const std::optional<JunitElement> outer =
        open_.empty() ? std::nullopt : std::optional(open_.back().element);
    const auto element = junit_element(outer, name);
    if (!element) return wrong(misplaced(outer, name));
    open_.push_back({*element, {}});
    switch (*element) {
      case JunitElement::suites:
      case JunitElement::suite:
        return begin_suite(attributes);
      case JunitElement::test:
        return begin_test(attributes);
      case JunitElement::verdict:
        begin_verdict(name, attributes);
        return {};
      default:
        return {};
    }
  }

  Result<> on_end() override {
    const JunitElement element = open_.back().element;
    open_.pop_back();
    if (element == JunitElement::verdict) return end_verdict();
    if (element == JunitElement::test) return tell(end_test());
    return {};
  }

  void on_text(std::string_view text) override {
    if (open_.empty()) return;
    const JunitElement element = open_.back().element;
    if (element != JunitElement::verdict && element != JunitElement::trace) return;
    // A little more than is kept, so that the cut is at the end of a character.
    if (verdict_text_.size() < 2 * kLongestText) verdict_text_ += text.substr(0, 2 * kLongestText);
  }

  Result<> begin_suite(const XmlAttributes& attributes) {
    open_.back().suite = kept_text(attributes.text("name"));
    auto counted = counts_.add(open_.size() - 1, attributes);
    if (!counted) return wrong(counted.error().message);
    return {};
  }

  Result<> begin_test(const XmlAttributes& attributes) {
    test_ = {};
    verdict_.reset();
    test_.name = kept_text(attributes.text("name"));
    if (test_.name.empty()) return wrong("a test without a name");
    for (const std::string_view where : {"classname", "file"}) {
      if (test_.suite.empty()) test_.suite = kept_text(attributes.text(where));
    }
    if (test_.suite.empty()) test_.suite = open_[open_.size() - 2].suite;
    test_.duration = seconds_of(attributes.text("time"));
    // Most write no status, because what stands in the element tells it. GoogleTest and CTest name
    // tests that were not run in this way only.
    for (const std::string_view attribute : {"status", "result"}) {
      const std::string_view word = attributes.text(attribute);
      if (word.empty()) continue;
      const auto status = junit_status(word);
      if (!status) {
        return wrong(cat(attribute, ' ', text::quoted(word), " is not known; write the status of ",
                         "a test as an element <failure>, <error> or <skipped> in it"));
      }
      if (test_.status == Status::passed) test_.status = *status;
    }
    return {};
  }

  void begin_verdict(std::string_view name, const XmlAttributes& attributes) {
    element_ = junit_verdict(name);
    verdict_text_.clear();
    brief_ = kept_text(attributes.text("message"));
    if (brief_.empty()) brief_ = kept_text(attributes.text("type"));
  }

  // Of several, the first failure or error counts, whatever stands before it.
  Result<> end_verdict() {
    const bool in_test = open_.back().element == JunitElement::test;
    if (element_ == JunitVerdict::flaky) {
      test_.flaky = true;
      return {};
    }
    const Status status = junit_verdict_status(element_);
    const bool fails = status != Status::skipped;
    std::string message = message_of(brief_, verdict_text_);
    if (!in_test) {
      if (!fails) return {};
      ++reading_.outside;
      return tell({open_.back().suite, "suite", Status::error, std::move(message), {}, false});
    }
    if (verdict_ && (*verdict_ != Status::skipped || !fails)) return {};
    verdict_ = status;
    test_.message = std::move(message);
    return {};
  }

  TestCase end_test() {
    const bool says_failed = test_.status == Status::failed || test_.status == Status::error;
    // A status of failed in a test that has but a <skipped> is a failure.
    if (verdict_ && !(says_failed && *verdict_ == Status::skipped)) test_.status = *verdict_;
    test_.flaky = test_.flaky && test_.status == Status::passed;
    return std::exchange(test_, {});
  }

  Result<> tell(TestCase test) {
    ++reading_.listed;
    return on_test_(std::move(test));
  }

  static std::string misplaced(std::optional<JunitElement> outer, std::string_view name) {
    if (outer) return cat('<', name, "> is not where it belongs, in a <testsuite>");
    return cat("the XML is no JUnit XML: it begins with <", kept_text(name.substr(0, 80)),
               "> where <testsuites> or <testsuite> should be");
  }

  tl::unexpected<Failure> wrong(std::string_view why) const {
    return usage(cat("line ", stream_.line(), ": ", why));
  }

  const OnTest& on_test_;
  Reading reading_;
  JunitCounts counts_;
  std::vector<Open> open_;
  TestCase test_;
  std::optional<Status> verdict_;  // by the elements in the test
  JunitVerdict element_ = JunitVerdict::error;
  std::string brief_;
  std::string verdict_text_;
  XmlStream stream_;
};

}  // namespace

std::unique_ptr<FormReader> read_junit(const OnTest& on_test) {
  return std::make_unique<JunitReader>(on_test);
}

}  // namespace stagegate::inttest
