// TAP: a plan, and a line for each test. A file that is cut at the end of a line is still TAP, so
// that the plan is the only proof that nothing is missing.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "common/text/text.hpp"
#include "common/text/yaml.hpp"
#include "plugins/inttest-runner/results/cut_lines.hpp"
#include "plugins/inttest-runner/results/form_reader.hpp"
#include "plugins/inttest-runner/results/tap_line.hpp"
#include "plugins/inttest-runner/results/words.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;
using Kind = TapLine::Kind;

constexpr std::size_t kLongestLine = 64u << 10;
constexpr std::size_t kLongestBlock = 64u << 10;
constexpr std::uint64_t kMostTests = 1'000'000'000;

// Whether the numbers are 1, 2, ... N in whatever order, without keeping them: their sum and the
// sum of their squares are those of 1 to N.
class Numbers {
 public:
  void add(std::uint64_t number) {
    ++count_;
    last_ = number;
    sum_ += number;
    squares_ += number * number;
  }
  std::uint64_t count() const { return count_; }
  std::uint64_t next() const { return last_ + 1; }
  bool complete() const {
    Numbers all;
    for (std::uint64_t number = 1; number <= count_; ++number) all.add(number);
    return sum_ == all.sum_ && squares_ == all.squares_;
  }

 private:
  std::uint64_t count_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t squares_ = 0;
};

class TapReader : public FormReader {
 public:
  explicit TapReader(const OnTest& on_test)
      : on_test_(on_test),
        lines_(kLongestLine, [this](const CutLine& line) { return take(line); }) {
    reading_.form = Form::tap;
    reading_.lists_tests = true;
  }

  Result<> feed(std::string_view bytes) override { return lines_.feed(bytes); }

  Result<Reading> finish() override {
    if (lines_.begun()) return cut_short("its last line has no end");
    if (block_) return cut_short(cat("the YAML block of line ", block_->line, " has no end"));
    if (!plan_) return cut_short("there is no plan (1..N)");
    if (numbers_.count() < *plan_) {
      return cut_short(cat("the plan says ", *plan_, ", and ", numbers_.count(), " are there"));
    }
    if (!numbers_.complete()) {
      return usage(cat("the numbers of the tests are not 1 to ", *plan_,
                       ": one of them is there twice, and another one is missing"));
    }
    if (auto told = tell(); !told) return forward(std::move(told.error()));
    reading_.declared.total = plan_;
    return reading_;
  }

 private:
  struct Block {  // the YAML below a test
    std::size_t line;
    std::size_t indentation;
    std::string text;
  };

  Result<> take(const CutLine& line) {
    ++line_;
    if (block_) return take_block_line(line);
    auto parsed = parse_tap_line(line.text);
    if (!parsed) return wrong(parsed.error().message);
    switch (parsed->kind) {
      case Kind::version:
        if (version_ || plan_ || numbers_.count() > 0) {
          return wrong("a second TAP document begins; write one file for each");
        }
        version_ = true;
        return {};
      case Kind::plan:
        return take_plan(parsed->count);
      case Kind::point:
        if (line.cut) return wrong(cat("a test with more than ", kLongestLine, " characters"));
        return take_point(parsed->point);
      case Kind::bail_out:
        return wrong(cat("the tests were given up: Bail out! ", kept_text(parsed->text)));
      case Kind::nested:
        take_nested(*parsed);
        return {};
      case Kind::comment:
        take_comment(parsed->text);
        return {};
      case Kind::marker:
        if (below_test_ && parsed->text == "---") block_ = Block{line_, parsed->indentation, {}};
        return {};
      case Kind::blank:
        below_comments_ = false;
        return {};
      case Kind::other:
        below_test_ = below_comments_ = false;
        return {};
    }
    return {};
  }

  Result<> take_plan(std::uint64_t count) {
    if (plan_) return wrong("a second plan");
    if (count > kMostTests) return wrong(cat("a plan of more than ", kMostTests, " tests"));
    plan_ = count;
    plan_last_ = numbers_.count() > 0;
    below_test_ = below_comments_ = false;
    if (numbers_.count() > count) return wrong("the plan says fewer tests than there are");
    return {};
  }

  Result<> take_point(const TapPoint& point) {
    if (plan_last_) return wrong("a test behind the plan; the plan is the first or the last line");
    const std::uint64_t number = point.number.value_or(numbers_.next());
    const std::uint64_t most = plan_.value_or(kMostTests);
    if (number > most || numbers_.count() >= most) {
      return wrong(cat("a test more than the plan says, 1..", most));
    }
    auto told = tell();
    numbers_.add(number);
    test_ = test_of(point, number);
    told_nested_ = std::exchange(nested_, {});
    notes_.clear();
    below_test_ = below_comments_ = true;
    return told;
  }

  static TestCase test_of(const TapPoint& point, std::uint64_t number) {
    TestCase test;
    test.name = point.description.empty() ? cat("test ", number) : kept_text(point.description);
    const bool todo = point.directive == TapPoint::Directive::todo && !point.ok;
    if (point.directive == TapPoint::Directive::skip || todo) {
      test.status = TestCase::Status::skipped;
      test.message = kept_text(point.reason);
    } else if (!point.ok) {
      test.status = TestCase::Status::failed;
    }
    return test;
  }

  // The lines of a subtest stand before the line of its test: they may say why that one fails.
  void take_nested(const TapLine& line) {
    below_test_ = below_comments_ = false;
    if (nested_.empty() && line.text.starts_with("not ok")) nested_ = kept_text(line.text);
  }

  // Perl and Bats write the reason of a failure as comments below it.
  void take_comment(std::string_view text) {
    below_comments_ = below_comments_ && !text.starts_with("# Subtest");
    if (!below_comments_ || notes_.size() > kLongestText) return;
    notes_ += cat(text::trim(text.substr(1)), '\n');
  }

  Result<> take_block_line(const CutLine& line) {
    const auto parsed = parse_tap_line(line.text);
    const bool marker = parsed && parsed->kind == Kind::marker && parsed->text == "...";
    if (marker && parsed->indentation == block_->indentation) {
      end_block();
      return {};
    }
    const bool blank = text::trim(line.text).empty();
    if (!blank && line.text.find_first_not_of(" \t") == 0) {
      return wrong(cat("the YAML block that begins at line ", block_->line, " has no end"));
    }
    if (block_->text.size() <= kLongestBlock) block_->text += cat(line.text, '\n');
    return {};
  }

  void end_block() {
    below_test_ = false;
    const std::string text = std::exchange(block_, std::nullopt)->text;
    if (!test_) return;
    const auto yaml = text::parse_yaml(text, {.bytes = kLongestBlock});
    const auto scalar = [&](std::string_view key) -> std::string_view {
      const auto* found = yaml ? yaml->find(key) : nullptr;
      return found == nullptr ? std::string_view() : std::string_view(found->scalar);
    };
    test_->duration = milliseconds_of(scalar("duration_ms"));
    if (test_->status != TestCase::Status::failed) return;
    const auto message = scalar("message");
    const auto brief = message.empty() ? scalar("error") : message;
    test_->message = message_of(brief, brief.empty() ? text : "");
  }

  // The last test is told when nothing about it can follow any more.
  Result<> tell() {
    if (!test_) return {};
    TestCase test = std::move(*test_);
    test_.reset();
    if (test.status == TestCase::Status::failed && test.message.empty()) {
      test.message = message_of(notes_.empty() ? told_nested_ : notes_, "");
    }
    ++reading_.listed;
    return on_test_(std::move(test));
  }

  tl::unexpected<Failure> wrong(std::string_view why) const {
    return usage(cat("line ", line_, ": ", why));
  }
  static tl::unexpected<Failure> cut_short(std::string_view why) {
    return usage(cat("the file is cut short, or tests are missing: ", why));
  }

  const OnTest& on_test_;
  CutLines lines_;
  Reading reading_;
  std::size_t line_ = 0;
  bool version_ = false;
  std::optional<std::uint64_t> plan_;
  bool plan_last_ = false;
  Numbers numbers_;
  std::optional<TestCase> test_;  // the last one, not told yet
  std::optional<Block> block_;
  bool below_test_ = false;      // a YAML block of the last test may begin
  bool below_comments_ = false;  // comments are about the last test
  std::string notes_;
  std::string nested_;       // the first failure in the subtest that is going on
  std::string told_nested_;  // and that of the last test
};

}  // namespace

std::unique_ptr<FormReader> read_tap(const OnTest& on_test) {
  return std::make_unique<TapReader>(on_test);
}

}  // namespace stagegate::inttest
