// The patterns by which settings name refs.
#pragma once

#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::mirror {

// `*` is any characters but /, `**` any at all, `?` one that is not /. All else is itself: no ref
// can have any other character that means something in a pattern, so those are refused (usage).
//
// A pattern that begins with refs/ is held against the whole name; any other one against what
// follows refs/heads/ or refs/tags/: "release/*" is branches and tags, "refs/tags/v*" only tags.
class Glob {
 public:
  static Result<Glob> parse(std::string_view pattern);
  bool matches(std::string_view ref) const;
  const std::string& pattern() const { return pattern_; }

 private:
  explicit Glob(std::string_view pattern) : pattern_(pattern) {}
  std::string pattern_;
};

// The whole text, by the rules above.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace stagegate::mirror
