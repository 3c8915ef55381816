#include "common/text/harmless.hpp"

#include <cstdint>

#include "common/text/characters.hpp"
#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

bool is_dangerous(std::uint32_t point) {
  const auto within = [&](std::uint32_t first, std::uint32_t last) {
    return first <= point && point <= last;
  };
  return point < 0x20 || within(0x7F, 0x9F) || point == 0xAD || point == 0x61C ||
         within(0x200B, 0x200F) || within(0x2028, 0x202E) || within(0x2060, 0x206F) ||
         point == 0xFEFF || within(0xFFF9, 0xFFFB) || within(0xE0000, 0xE007F);
}

template <class Stays>
std::string cleaned(std::string_view text, Stays stays) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence(text, at);
    if (length == 0) {
      out += "\uFFFD";
      ++at;
      continue;
    }
    const auto sequence = text.substr(at, length);
    const auto point = code_point(sequence);
    if (is_dangerous(point) && !stays(point)) {
      append_unicode_escape(out, point);
    } else {
      out += sequence;
    }
    at += length;
  }
  return out;
}

}  // namespace

std::string harmless(std::string_view text) {
  return cleaned(text, [](std::uint32_t) { return false; });
}

std::string harmless_lines(std::string_view text) {
  return cleaned(text, [](std::uint32_t point) { return point == '\n' || point == '\t'; });
}

}  // namespace stagegate::text
