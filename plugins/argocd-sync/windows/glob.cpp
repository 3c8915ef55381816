#include "plugins/argocd-sync/windows/glob.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

constexpr std::size_t kLongest = 1024;  // of either; the time taken is their product

using Points = std::u32string;
using Reached = std::vector<bool>;  // where in the text a match of what came before may end

std::optional<Points> points_of(std::string_view text) {
  Points points;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text::utf8_sequence(text, at);
    if (length == 0) return std::nullopt;
    points.push_back(text::code_point(text.substr(at, length)));
    at += length;
  }
  return points;
}

struct Class {
  Points listed;
  char32_t low = 0;  // or a range
  char32_t high = 0;
  bool negated = false;

  bool holds(char32_t point) const {
    const bool inside =
        listed.empty() ? low <= point && point <= high : listed.find(point) != Points::npos;
    return inside != negated;
  }
};

// Walks over pattern and text at the same time. All ends that a part of the pattern may have are
// kept together, so nothing is ever tried twice.
class Walk {
 public:
  Walk(Points pattern, Points text) : pattern_(std::move(pattern)), text_(std::move(text)) {}

  // Empty: the pattern is malformed.
  std::optional<bool> matches() {
    Reached start(text_.size() + 1);
    start[0] = true;
    const Reached ends = sequence(start, false);
    return broken_ ? std::nullopt : std::optional<bool>(ends.back());
  }

 private:
  bool done() const { return at_ == pattern_.size(); }
  bool sees(char32_t point) const { return !done() && pattern_[at_] == point; }

  Reached sequence(Reached reached, bool in_braces) {
    while (!done() && !broken_) {
      if (in_braces && (sees(U',') || sees(U'}'))) break;
      reached = part(reached);
    }
    return reached;
  }

  Reached part(const Reached& reached) {
    const char32_t point = pattern_[at_++];
    if (point == U'*') return any(reached);
    if (point == U'?') return one(reached, [](char32_t) { return true; });
    if (point == U'{') return braces(reached);
    if (point == U'[') {
      const Class set = read_class();
      return one(reached, [&](char32_t seen) { return set.holds(seen); });
    }
    if (point != U'\\') return one(reached, [&](char32_t seen) { return seen == point; });
    if (done()) return reached;  // a \ at the very end stands for nothing
    const char32_t meant = pattern_[at_++];
    return one(reached, [&](char32_t seen) { return seen == meant; });
  }

  static Reached any(Reached reached) {
    for (std::size_t at = 1; at < reached.size(); ++at) {
      if (reached[at - 1]) reached[at] = true;
    }
    return reached;
  }

  template <class Fits>
  Reached one(const Reached& reached, const Fits& fits) const {
    Reached next(reached.size());
    for (std::size_t at = 0; at < text_.size(); ++at) next[at + 1] = reached[at] && fits(text_[at]);
    return next;
  }

  // Braces that are not closed end with the pattern, as in Argo CD.
  Reached braces(const Reached& reached) {
    Reached all(reached.size());
    while (true) {
      const Reached ends = sequence(reached, true);
      for (std::size_t at = 0; at < all.size(); ++at) {
        if (ends[at]) all[at] = true;
      }
      if (!sees(U',')) break;
      ++at_;
    }
    if (!done()) ++at_;
    return all;
  }

  Class read_class() {
    Class set;
    if (sees(U'!')) {
      set.negated = true;
      ++at_;
    }
    if (at_ + 1 < pattern_.size() && pattern_[at_ + 1] == U'-') {
      set.low = pattern_[at_];
      at_ += 2;
      if (!done()) set.high = pattern_[at_++];
      broken_ = broken_ || set.high < set.low;
    } else {
      while (!done() && !sees(U']')) {
        if (sees(U'\\')) ++at_;
        if (!done()) set.listed.push_back(pattern_[at_++]);
      }
      broken_ = broken_ || set.listed.empty();
    }
    if (!sees(U']')) broken_ = true;
    if (!done()) ++at_;
    return set;
  }

  Points pattern_;
  Points text_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

}  // namespace

Result<bool> glob_matches(std::string_view pattern, std::string_view text) {
  if (pattern == "*") return true;
  auto shape = points_of(pattern);
  auto points = points_of(text);
  if (!points || text.size() > kLongest || pattern.size() > kLongest || !shape) {
    return usage(text::cat("the pattern ", text::quoted(pattern), " or what it is held against is",
                           " not UTF-8, or longer than ", kLongest, " bytes"));
  }
  const auto matches = Walk(std::move(*shape), std::move(*points)).matches();
  if (!matches) {
    return usage(text::cat("the pattern ", text::quoted(pattern),
                           " is malformed: a [ ] holds nothing, is not closed, or is more than one"
                           " list or one range"));
  }
  return *matches;
}

}  // namespace stagegate::argocd
