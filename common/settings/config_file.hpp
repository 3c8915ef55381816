// The file that --config names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/settings/table.hpp"

namespace stagegate::settings {

struct ConfigFile {
  std::map<const Setting*, Given> values;
  std::vector<std::string> errors;
};

// `path` is for the messages.
ConfigFile parse_config(const Table& table, const std::string& path, std::string_view yaml);

}  // namespace stagegate::settings
