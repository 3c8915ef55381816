// The words for a setting's type.
#pragma once

#include <string>

#include "common/settings/table.hpp"

namespace stagegate::settings {

// "DURATION", "TAG,...", "closed|open"; empty for a switch.
std::string placeholder(const Setting& setting);
// For documentation: "duration (`90s`, `1h30m`)".
std::string type_in_words(const Setting& setting);

}  // namespace stagegate::settings
