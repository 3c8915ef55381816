// What becomes of a value that is written in YAML without quotes. Parsers do not agree: to YAML 1.1
// `on` is true, 0123 is octal, 12:30:45 is a number and 1_000 another; to YAML 1.2 123e456 is
// infinite.
#pragma once

#include <string_view>

namespace stagegate::text {

// Whether every parser reads it as the text that it is: v1.2, 1.2.3, but not 1.2, on or ~.
bool plain_stays_text(std::string_view plain);

// Whether it may be written without quotes. Stricter: nothing that begins like a number, and no
// character that has a meaning somewhere in YAML.
bool fit_for_plain(std::string_view value);

}  // namespace stagegate::text
