#include "common/text/pattern.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

// std::regex walks through its states by calling itself: as deep as there are states.
constexpr std::size_t kMostStates = 2'000;
constexpr std::size_t kDeepest = 32;  // groups within groups

// How many states an expression has, more or less: x{9} has nine times those of x. Empty: more than
// are allowed. What is no expression at all is found out by std::regex.
class Weight {
 public:
  explicit Weight(std::string_view expression) : rest_(expression) {}

  std::optional<std::size_t> count() {
    while (!rest_.empty()) {
      take(next());
      if (sums_.size() > kDeepest || sums_.back() > kMostStates) return std::nullopt;
    }
    std::size_t all = 0;
    for (const std::size_t sum : sums_) all += sum;
    if (all > kMostStates) return std::nullopt;
    return all;
  }

 private:
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void take(char c) {
    if (c == '(') {
      sums_.push_back(0);
    } else if (c == ')' && sums_.size() > 1) {
      const std::size_t group = sums_.back() + 1;
      sums_.pop_back();
      add(group);
    } else if (c == '{') {
      // The last part is counted once already.
      sums_.back() += last_ * (std::max(repeats(), std::size_t{1}) - 1);
    } else {
      if (c == '[') skip_class();
      if (c == '\\' && !rest_.empty()) next();
      add(1);
    }
  }

  void add(std::size_t states) {
    last_ = states;
    sums_.back() += states;
  }

  // The larger number in "{2,9}"; a number of many digits counts as too many.
  std::size_t repeats() {
    std::size_t most = 0;
    std::size_t number = 0;
    while (!rest_.empty()) {
      const char c = next();
      if (c == '}') break;
      const bool digit = c >= '0' && c <= '9';
      number =
          digit ? std::min(number * 10 + static_cast<std::size_t>(c - '0'), kMostStates + 1) : 0;
      most = std::max(most, number);
    }
    return most + 1;  // "{9,}" has one more
  }

  void skip_class() {
    while (!rest_.empty()) {
      const char c = next();
      if (c == ']') return;
      if (c == '\\' && !rest_.empty()) next();
    }
  }

  std::string_view rest_;
  std::vector<std::size_t> sums_{0};
  std::size_t last_ = 0;
};

}  // namespace

class Pattern::Compiled {
 public:
  explicit Compiled(const std::string& expression)
      // Walks through all ways at once instead of trying one after the other: (a+)+b against
      // "aaaaaaaaaaaaaaaaaaaaaaaaaa" would take minutes.
      : regex_(expression,
               std::regex::ECMAScript | std::regex::nosubs | std::regex_constants::__polynomial) {}
  const std::regex& regex() const { return regex_; }

 private:
  std::regex regex_;
};

Result<Pattern> Pattern::parse(std::string_view expression) {
  const auto refused = [&](std::string_view why) {
    return usage(cat(quoted(expression), " is no regular expression that is taken here: ", why));
  };
  if (expression.empty()) return refused("it is empty");
  if (!Weight(expression).count()) {
    return refused(
        cat("it has more than ", kMostStates, " states, or groups more than ", kDeepest, " deep"));
  }
  try {
    return Pattern(std::make_shared<const Compiled>(std::string(expression)));
  } catch (const std::regex_error& error) {
    return refused(error.code() == std::regex_constants::error_complexity
                       ? "it has a back reference"
                       : error.what());
  }
}

bool Pattern::found_in(std::string_view text) const {
  if (text.size() > kLongestText) return false;
  return std::regex_search(text.begin(), text.end(), compiled_->regex());
}

}  // namespace stagegate::text
