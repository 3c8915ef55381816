#include "plugins/gitea-mirror/plan/glob.hpp"

#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::size_t kLongest = 500;
constexpr std::string_view kRefs = "refs/";

// Where to go on when what follows a star does not fit.
struct Star {
  bool seen = false;
  std::size_t pattern = 0;  // behind the star
  std::size_t text = 0;     // the star stands for all that is before

  void grow(std::size_t& in_pattern, std::size_t& in_text) {
    in_pattern = pattern;
    in_text = ++text;
  }
};

// As far as both go.
bool agree(std::string_view left, std::string_view right) {
  const std::size_t length = std::min(left.size(), right.size());
  return left.substr(0, length) == right.substr(0, length);
}

}  // namespace

// Only the last star of each kind can have to stand for more: the earlier ones have taken as little
// as they could, and what a `*` may take ends at the same slash wherever it begins.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t in_pattern = 0;
  std::size_t in_text = 0;
  Star one;
  Star two;
  while (true) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      const bool twice = pattern.substr(in_pattern, 2) == "**";
      in_pattern += twice ? 2 : 1;
      (twice ? two : one) = {true, in_pattern, in_text};
      if (twice) one = {};
      continue;
    }
    if (in_pattern == pattern.size() && in_text == text.size()) return true;
    if (in_pattern < pattern.size() && in_text < text.size()) {
      const char wanted = pattern[in_pattern];
      if (wanted == '?' ? text[in_text] != '/' : wanted == text[in_text]) {
        ++in_pattern;
        ++in_text;
        continue;
      }
    }
    if (one.seen && one.text < text.size() && text[one.text] != '/') {
      one.grow(in_pattern, in_text);
    } else if (two.seen && two.text < text.size()) {
      two.grow(in_pattern, in_text);
      one = {};
    } else {
      return false;
    }
  }
}

Result<Glob> Glob::parse(std::string_view pattern) {
  const auto fits = [](char c) { return c == '*' || c == '?' || is_ref_character(c); };
  const bool all = std::all_of(pattern.begin(), pattern.end(), fits);
  if (pattern.empty() || pattern.size() > kLongest || !all) {
    return usage(text::cat(text::quoted(pattern), " can match no ref: a pattern has 1 to ",
                           kLongest, " characters, *, ** and ?, and none of [ \\ ~ ^ : or blanks"));
  }
  // One that can match nothing is a mistake that wants to be told.
  const std::string_view fixed = pattern.substr(0, pattern.find_first_of("*?"));
  if (fixed.substr(0, kRefs.size()) == kRefs && !agree(fixed, kHeads) && !agree(fixed, kTags)) {
    return usage(text::cat(text::quoted(pattern),
                           ": only what is below refs/heads/ and refs/tags/ is ever mirrored"));
  }
  return Glob(pattern);
}

bool Glob::matches(std::string_view ref) const {
  const bool whole = pattern_.compare(0, kRefs.size(), kRefs) == 0;
  return glob_matches(pattern_, whole ? ref : short_name(ref));
}

}  // namespace stagegate::mirror
