#include "common/text/yaml_plain.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What some parser takes for null, a truth or no number, in whatever case.
bool is_keyword(std::string_view plain) {
  constexpr std::array<std::string_view, 17> kKeywords{
      "",      "~",    "null", "y",   "n",    "yes", "no", "on", "off",
      "false", "true", ".nan", "nan", ".inf", "inf", "<<", "="};
  const std::string word = lower(plain);
  return word == "infinity" ||
         std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

// 0x1f, 0b101, 0o17, each with underscores.
bool has_base(std::string_view digits) {
  if (digits.size() < 3 || digits[0] != '0') return false;
  const std::string_view allowed = digits[1] == 'x' || digits[1] == 'X' ? "0123456789abcdefABCDEF_"
                                   : digits[1] == 'b' || digits[1] == 'B' ? "01_"
                                   : digits[1] == 'o' || digits[1] == 'O' ? "01234567_"
                                                                          : "";
  return digits.find_first_not_of(allowed, 2) == std::string_view::npos;
}

// 12, 1_000, 0123, 1.5, .5, 5., 1e3, 123e+456
bool is_decimal(std::string_view digits) {
  std::size_t at = 0;
  std::size_t seen = 0;
  const auto skip = [&] {
    for (; at < digits.size() && (is_digit(digits[at]) || digits[at] == '_'); ++at) {
      if (is_digit(digits[at])) ++seen;
    }
  };
  skip();
  if (at < digits.size() && digits[at] == '.') ++at;
  skip();
  if (seen == 0) return false;
  if (at == digits.size()) return true;
  if (digits[at] != 'e' && digits[at] != 'E') return false;
  ++at;
  if (at < digits.size() && (digits[at] == '+' || digits[at] == '-')) ++at;
  seen = 0;
  skip();
  return at == digits.size() && seen > 0;
}

// 12:30:45, 190:20:30.15
bool is_sexagesimal(std::string_view digits) {
  return digits.find(':') != std::string_view::npos && is_digit(digits.front()) &&
         digits.find_first_not_of("0123456789_:.") == std::string_view::npos;
}

// 2026-08-22, 2001-12-14t21:59:43.10-05:00; more than is one, for nobody's tag looks like it.
bool is_timestamp(std::string_view plain) {
  return plain.size() >= 8 && std::all_of(plain.begin(), plain.begin() + 4, is_digit) &&
         plain[4] == '-' && is_digit(plain[5]) &&
         plain.find_first_not_of("0123456789-:.+tTzZ \t") == std::string_view::npos;
}

}  // namespace

bool plain_stays_text(std::string_view plain) {
  if (is_keyword(plain)) return false;
  std::string_view number = plain;
  if (number.front() == '+' || number.front() == '-') number.remove_prefix(1);
  if (number.empty()) return true;
  return !is_keyword(number) && !has_base(number) && !is_decimal(number) &&
         !is_sexagesimal(number) && !is_timestamp(plain);
}

bool fit_for_plain(std::string_view value) {
  if (value.empty() || !is_letter(value.front()) || is_keyword(value)) return false;
  return std::all_of(value.begin(), value.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-' || c == '/';
  });
}

}  // namespace stagegate::text
