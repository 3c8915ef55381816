// Small things that every text in the project needs.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagegate::text {

// Joins strings and whole numbers: cat("line ", 12, ": ", message).
namespace detail {
inline void append(std::string& out, std::string_view piece) {
  out += piece;
}
inline void append(std::string& out, char piece) {
  out += piece;
}
template <class Type>
concept WholeNumber = std::integral<Type> && !std::same_as<Type, char> && !std::same_as<Type, bool>;
template <WholeNumber Number>
void append(std::string& out, Number piece) {
  out += std::to_string(piece);
}
}  // namespace detail

template <class... Piece>
std::string cat(const Piece&... pieces) {
  std::string out;
  (detail::append(out, pieces), ...);
  return out;
}

// Without white space (blank, tab, CR, LF) at both ends.
std::string_view trim(std::string_view text);

// "a,,b" by ',' gives three pieces, the middle one empty; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string join(const std::vector<std::string>& pieces, std::string_view separator);

// With every `place` in it replaced: replaced("v-{sha}", "{sha}", "c0ffee").
std::string replaced(std::string_view text, std::string_view place, std::string_view value);

// ASCII only; bytes above 127 stay as they are.
std::string lower(std::string_view text);
std::string upper(std::string_view text);

// A whole decimal number with an optional sign and nothing else around it; empty when it is
// anything else or too big.
std::optional<std::int64_t> parse_int(std::string_view text);

// The one way to write a count: digits, no sign, no zero in front. Where two texts must not mean
// the same, because one of them is signed.
std::optional<std::uint64_t> parse_count(std::string_view text);

// The candidate that a person most likely meant (edit distance, at most a third of the word), or
// empty.
std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates);

// The length of the well-formed UTF-8 sequence that begins at `offset`; 0 when there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t offset);

// For messages: the text in double quotes with control characters and malformed UTF-8 escaped, cut
// after `most` bytes. Call it text::quoted: with <iomanip> around, std::quoted would win for
// strings.
std::string quoted(std::string_view text, std::size_t most = 80);

// True when both hold the same bytes. Takes as long for a near miss as for a total one, so that a
// secret cannot be guessed byte by byte; only the lengths may show.
bool equal_secret(std::string_view left, std::string_view right);

}  // namespace stagegate::text
