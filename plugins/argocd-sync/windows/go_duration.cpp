#include "plugins/argocd-sync/windows/go_duration.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kLongest = 128;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();  // nanoseconds: 292 years

struct Unit {
  std::string_view name;
  std::int64_t length;  // in nanoseconds
};
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"\u00b5s", 1'000},
                                      {"\u03bcs", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};

std::string_view take(std::string_view& text, bool numeric) {
  const auto is_numeric = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  const auto* const end =
      std::find_if(text.begin(), text.end(), [&](char c) { return is_numeric(c) != numeric; });
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

std::optional<std::int64_t> add(std::int64_t left, std::int64_t right) {
  if (left > kMost - right) return std::nullopt;
  return left + right;
}

// The digits as a number, or nothing when it is too big.
std::optional<std::int64_t> whole(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : digits) {
    if (value > (kMost - (c - '0')) / 10) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Of a fraction as many digits as fit; its length is cut down, as in Go.
std::int64_t part_of(std::string_view digits, std::int64_t unit) {
  std::int64_t value = 0;
  double scale = 1;
  for (const char c : digits) {
    if (value > (kMost - (c - '0')) / 10) break;
    value = value * 10 + (c - '0');
    scale *= 10;
  }
  const double length = static_cast<double>(value) * (static_cast<double>(unit) / scale);
  return static_cast<std::int64_t>(length);
}

// "1.5", "1.", ".5" of a unit; nothing when it is malformed or too big.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t unit) {
  const auto parts = text::split(number, '.');
  if (parts.size() > 2 || (parts.front().empty() && parts.back().empty())) return std::nullopt;
  const auto value = whole(parts.front());
  if (!value || *value > kMost / unit) return std::nullopt;
  const std::int64_t part = parts.size() == 2 ? part_of(parts.back(), unit) : 0;
  return add(*value * unit, part);
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
  std::int64_t total = 0;
  while (!rest.empty()) {
    const std::string_view number = take(rest, true);
    const std::string_view name = take(rest, false);
    const auto* const unit =
        std::ranges::find_if(kUnits, [&](const Unit& known) { return known.name == name; });
    if (unit == kUnits.end()) return refuse("each number needs one of the units h, m, s, ms");
    const auto length = scaled(number, unit->length);
    const auto sum = length ? add(total, *length) : std::nullopt;
    if (!sum) return refuse("a number is missing, malformed or more than Go can count");
    total = *sum;
  }
  return nanoseconds{negative ? -total : total};
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
