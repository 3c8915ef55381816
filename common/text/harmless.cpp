#include "common/text/harmless.hpp"

#include <cstdint>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

// The code point of a well-formed sequence.
std::uint32_t decode(std::string_view sequence) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(sequence[at]); };
  if (sequence.size() == 1) return byte(0);
  std::uint32_t point = byte(0) & (0xFFu >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) point = point << 6 | (byte(i) & 0x3Fu);
  return point;
}

bool is_dangerous(std::uint32_t point) {
  const auto within = [&](std::uint32_t first, std::uint32_t last) {
    return first <= point && point <= last;
  };
  return point < 0x20 || within(0x7F, 0x9F) || point == 0xAD || point == 0x61C ||
         within(0x200B, 0x200F) || within(0x2028, 0x202E) || within(0x2060, 0x206F) ||
         point == 0xFEFF || within(0xFFF9, 0xFFFB) || within(0xE0000, 0xE007F);
}

void append_escaped(std::string& out, std::uint32_t point) {
  // As JSON has it: a code point beyond 16 bits is two units.
  if (point > 0xFFFF) {
    append_escaped(out, 0xD800 + ((point - 0x10000) >> 10));
    append_escaped(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
    return;
  }
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kLowerHex[point >> shift & 15];
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
    const auto point = decode(sequence);
    if (is_dangerous(point) && !stays(point)) {
      append_escaped(out, point);
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
