// What somebody else wrote, on its way to somebody's eyes. Control characters can rewrite a
// terminal, and the characters that turn text around make a line read as something that it is not.
#pragma once

#include <string>
#include <string_view>

namespace stagegate::text {

// Control characters, line and paragraph separators, direction marks and characters without a
// width as "\u202e"; malformed UTF-8 as U+FFFD. One line stays one line.
std::string harmless(std::string_view text);

// The same, but line feeds and tabs stay.
std::string harmless_lines(std::string_view text);

}  // namespace stagegate::text
