#include "plugins/gitea-mirror/plan/select.hpp"

#include <algorithm>
#include <utility>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"

namespace stagegate::mirror {
namespace {

void parse_all(std::string_view setting, const std::vector<std::string>& patterns,
               std::vector<Glob>& globs, std::vector<std::string>& troubles) {
  for (const std::string& pattern : patterns) {
    auto glob = Glob::parse(pattern);
    if (glob) {
      globs.push_back(*std::move(glob));
    } else {
      troubles.push_back(text::cat(setting, ": ", glob.error().message));
    }
  }
}

bool any_matches(const std::vector<Glob>& globs, std::string_view ref) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const Glob& glob) { return glob.matches(ref); });
}

}  // namespace

bool is_never_mirrored(std::string_view ref) {
  if (!is_branch_or_tag(ref)) return true;
  const std::string_view name = short_name(ref);
  return is_branch(ref) && (name == "HEAD" || name.substr(0, 5) == "refs/");
}

Result<Selection> Selection::make(const std::vector<std::string>& include,
                                  const std::vector<std::string>& exclude) {
  Selection selection;
  std::vector<std::string> troubles;
  parse_all("include", include, selection.include_, troubles);
  parse_all("exclude", exclude, selection.exclude_, troubles);
  if (!troubles.empty()) return usage(text::join(troubles, "; "));
  return selection;
}

bool Selection::takes(std::string_view ref) const {
  if (is_never_mirrored(ref)) return false;
  if (!include_.empty() && !any_matches(include_, ref)) return false;
  return !any_matches(exclude_, ref);
}

}  // namespace stagegate::mirror
