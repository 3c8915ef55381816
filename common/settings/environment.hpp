// PLUGIN_* variables that are no setting.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/settings/table.hpp"

namespace stagegate::settings {

using Environment = std::map<std::string, std::string>;

// One message for each, with the nearest name. Not counted are the variables that Kubernetes makes
// of a service whose name begins with "plugin-". Values are never shown: a mistyped name may be
// that of a secret.
std::vector<std::string> unknown_variables(const Table& table, const Environment& environment);

}  // namespace stagegate::settings
