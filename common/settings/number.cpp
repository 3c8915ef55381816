#include "common/settings/number.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

// Longer ones fit no integer type and need not be written out.
constexpr std::int64_t kMostDigits = 40;

struct Number {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;  // with its sign
};

bool digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Number> take_apart(std::string_view text) {
  Number number;
  if (text.starts_with('-') || text.starts_with('+')) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    number.exponent = text.substr(e + 1);
    std::string_view power = number.exponent;
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!digits(power)) return std::nullopt;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    number.fraction = text.substr(point + 1);
    if (!digits(number.fraction)) return std::nullopt;
    text = text.substr(0, point);
  }
  number.whole = text;
  return digits(number.whole) ? std::optional(number) : std::nullopt;
}

}  // namespace

bool is_rewritten_number(std::string_view text) {
  if (text == "+Inf" || text == "-Inf") return true;
  const auto number = take_apart(text);
  return number && number->whole.size() == 1 && number->exponent.size() >= 3 &&
         (number->exponent.front() == '+' || number->exponent.front() == '-');
}

std::optional<std::string> plain_whole_number(std::string_view text) {
  const auto number = take_apart(text);
  if (!number) return std::nullopt;
  const std::int64_t power =
      number->exponent.empty() ? 0 : text::parse_int(number->exponent).value_or(kMostDigits + 1);
  std::string digits = text::cat(number->whole, number->fraction);
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
  if (zeros == digits.size()) return "0";
  // The point stands after this many of the digits.
  const std::int64_t point = static_cast<std::int64_t>(number->whole.size()) + power;
  if (power > kMostDigits || point > 2 * kMostDigits || point < 0) return std::nullopt;
  const auto kept = static_cast<std::size_t>(point);
  if (kept < digits.size() && digits.find_first_not_of('0', kept) != std::string::npos) {
    return std::nullopt;
  }
  digits.resize(kept, '0');
  return text::cat(number->negative ? "-" : "", digits.substr(zeros));
}

}  // namespace stagegate::settings
