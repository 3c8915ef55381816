#include "plugins/argocd-sync/windows/go_duration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kLongest = 128;
constexpr double kMost = 9.2e18;  // nanoseconds: 292 years, what Go can hold

struct Unit {
  std::string_view name;
  double length;  // in nanoseconds
};
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1e3},
                                      {"\u00b5s", 1e3},
                                      {"\u03bcs", 1e3},
                                      {"ms", 1e6},
                                      {"s", 1e9},
                                      {"m", 60e9},
                                      {"h", 3600e9}}};

std::string_view take(std::string_view& text, bool numeric) {
  const auto is_numeric = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  const auto* const end =
      std::find_if(text.begin(), text.end(), [&](char c) { return is_numeric(c) != numeric; });
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

// "1.5", "1.", ".5"
std::optional<double> number(std::string_view text) {
  if (std::ranges::count(text, '.') > 1 || text.find_first_not_of('.') == std::string_view::npos) {
    return std::nullopt;
  }
  double value = 0;
  double place = 1;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    if (fraction) place /= 10;
    value = fraction ? value + (c - '0') * place : value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Result<nanoseconds> parse_go_duration(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return usage(text::cat("the duration ", text::quoted(text), " cannot be used: ", why));
  };
  if (text.size() > kLongest) return refuse("it is too long");
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return nanoseconds{0};
  if (rest.empty()) return refuse("there is no number in it (like 6h30m)");
  double total = 0;
  while (!rest.empty()) {
    const auto value = number(take(rest, true));
    if (!value) return refuse("a number is missing or malformed (like 6h30m)");
    const std::string_view name = take(rest, false);
    const auto* const unit =
        std::ranges::find_if(kUnits, [&](const Unit& known) { return known.name == name; });
    if (unit == kUnits.end()) return refuse("each number needs one of the units h, m, s, ms");
    total += *value * unit->length;
    if (total > kMost) return refuse("it is longer than Argo CD can count");
  }
  // Go counts in whole nanoseconds; what a double is off is less than one for any sane length.
  const nanoseconds length{std::llround(total)};
  return negative ? -length : length;
}

std::string show_go_duration(std::chrono::seconds length) {
  const auto seconds = length.count();
  std::string out;
  if (seconds >= 3600) out += text::cat(seconds / 3600, "h");
  if (seconds % 3600 >= 60) out += text::cat(seconds % 3600 / 60, "m");
  if (seconds % 60 > 0 || out.empty()) out += text::cat(seconds % 60, "s");
  return out;
}

}  // namespace stagegate::argocd
