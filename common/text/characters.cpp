#include "common/text/characters.hpp"

#include <algorithm>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; count > 0 && end < text.size(); --count) {
    end += std::max<std::size_t>(1, utf8_sequence(text, end));
  }
  return text.substr(0, end);
}

std::string_view cut_at_character(std::string_view text, std::size_t most) {
  std::size_t end = std::min(most, text.size());
  while (end > 0 && end < text.size() && is_continuation(text[end])) --end;
  return text.substr(0, end);
}

std::uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return first;
  std::uint32_t point = first & (0xFFu >> (sequence.size() + 1));
  for (const char byte : sequence.substr(1)) {
    point = point << 6u | (static_cast<unsigned char>(byte) & 0x3Fu);
  }
  return point;
}

void append_unicode_escape(std::string& out, std::uint32_t point) {
  if (point > 0xFFFF) {
    append_unicode_escape(out, 0xD800 + ((point - 0x10000) >> 10u));
    append_unicode_escape(out, 0xDC00 + ((point - 0x10000) & 0x3FFu));
    return;
  }
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kLowerHex[point >> shift & 15u];
}

}  // namespace stagegate::text
