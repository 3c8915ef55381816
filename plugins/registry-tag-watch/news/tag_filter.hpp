// Which tags are of interest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/pattern.hpp"

namespace stagegate::tag_watch {

class TagFilter {
 public:
  // Refused (usage): what is no regular expression.
  static Result<TagFilter> of(const std::vector<std::string>& include,
                              const std::vector<std::string>& exclude);
  // Something of `include` (or there is none), and nothing of `exclude`.
  bool lets_through(std::string_view tag) const;

 private:
  std::vector<text::Pattern> include_;
  std::vector<text::Pattern> exclude_;
};

}  // namespace stagegate::tag_watch
