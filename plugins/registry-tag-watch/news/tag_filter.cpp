#include "plugins/registry-tag-watch/news/tag_filter.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::tag_watch {
namespace {

Result<std::vector<text::Pattern>> parse(std::string_view setting,
                                         const std::vector<std::string>& expressions) {
  std::vector<text::Pattern> patterns;
  for (const std::string& expression : expressions) {
    auto pattern = text::Pattern::parse(expression);
    if (!pattern) return usage(text::cat(setting, ": ", pattern.error().message));
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

bool any_in(const std::vector<text::Pattern>& patterns, std::string_view tag) {
  return std::ranges::any_of(patterns, [&](const auto& pattern) { return pattern.found_in(tag); });
}

}  // namespace

Result<TagFilter> TagFilter::of(const std::vector<std::string>& include,
                                const std::vector<std::string>& exclude) {
  auto included = parse("include", include);
  if (!included) return forward(included.error());
  auto excluded = parse("exclude", exclude);
  if (!excluded) return forward(excluded.error());
  TagFilter filter;
  filter.include_ = *std::move(included);
  filter.exclude_ = *std::move(excluded);
  return filter;
}

bool TagFilter::lets_through(std::string_view tag) const {
  return (include_.empty() || any_in(include_, tag)) && !any_in(exclude_, tag);
}

}  // namespace stagegate::tag_watch
