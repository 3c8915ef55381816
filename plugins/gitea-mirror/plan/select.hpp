// Which refs a mirror is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/plan/glob.hpp"

namespace stagegate::mirror {

// What no setting can bring in: all but branches and tags (refs/pull, refs/for, refs/notes,
// refs/remotes and whatever else a host has), a branch that is called HEAD, which only a mistake
// makes, and branches called like refs (refs/heads/refs/...), another one.
bool is_never_mirrored(std::string_view ref);

class Selection {
 public:
  // Without `include` all; `exclude` wins. Fails (usage) for all patterns that are none, at once.
  static Result<Selection> make(const std::vector<std::string>& include,
                                const std::vector<std::string>& exclude);
  bool takes(std::string_view ref) const;

 private:
  std::vector<Glob> include_;
  std::vector<Glob> exclude_;
};

}  // namespace stagegate::mirror
