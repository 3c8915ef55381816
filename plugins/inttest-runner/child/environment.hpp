// What a test command gets to see of this program's environment: not its settings, and no secret.
// It runs code of the repository, which anybody who can open a pull request may have written.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/settings/environment.hpp"

namespace stagegate::inttest {

struct Passage {
  std::vector<std::string> names;           // passed on although they look like secrets
  std::map<std::string, std::string> more;  // set, whatever was there
};

struct ChildEnvironment {
  settings::Environment variables;
  std::vector<std::string> withheld;  // names that somebody may miss
};

// `has_secret` says whether a value holds one that this program knows. Settings (PLUGIN_*) and the
// credentials of the clone (CI_NETRC_*) are not passed on in any case.
ChildEnvironment child_environment(const settings::Environment& ours, const Passage& passage,
                                   const std::function<bool(std::string_view value)>& has_secret);

}  // namespace stagegate::inttest
