// From arguments and environment to values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/settings/command_line.hpp"
#include "common/settings/environment.hpp"
#include "common/settings/table.hpp"

namespace stagegate::settings {

struct Input {
  std::vector<std::string> arguments;  // without the program's own name
  Environment environment;
};

struct Invocation {
  std::string verb;
  Asked asked = Asked::run;                    // all but run: settings have not been read
  std::map<std::string, std::string> origins;  // where each value came from: need -> "PLUGIN_NEED"
  std::vector<std::string> warnings;
};

// Fills the targets of all settings that the verb uses. Flag, PLUGIN_X, file of PLUGIN_X_FILE,
// --config, CI_* and default, the first that is there and not empty. The failure (usage) holds
// every error there is, one on each line; settings without a fault have their values even then.
Result<Invocation> read(Table& table, const Input& input);

// The variables of this process.
Environment process_environment();

}  // namespace stagegate::settings
