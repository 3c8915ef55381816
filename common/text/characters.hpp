// Text in UTF-8 by its characters (code points), not by its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stagegate::text {

std::size_t count_characters(std::string_view text);
// The first ones; a byte that is no part of a character counts as one.
std::string_view first_characters(std::string_view text, std::size_t count);
// At most so many bytes, and no half character at the end.
std::string_view cut_at_character(std::string_view text, std::size_t most);

// The code point of one well-formed sequence.
std::uint32_t code_point(std::string_view sequence);
// "\u202e", as JSON has it: a code point beyond 16 bits is two units.
void append_unicode_escape(std::string& out, std::uint32_t point);

}  // namespace stagegate::text
