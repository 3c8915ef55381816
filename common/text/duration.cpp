#include "common/text/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "common/text/text.hpp"

namespace stagegate::text {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
// From the longest to the shortest: the order in which they may follow each other.
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t kMost = milliseconds{std::chrono::years{10}}.count();

std::optional<std::int64_t> digits(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

// "1.5" of a unit, exactly; empty when it is no number, too big or finer than a millisecond.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t unit) {
  const std::size_t point = number.find('.');
  const auto whole = digits(number.substr(0, point));
  if (!whole || *whole > kMost / unit) return std::nullopt;
  if (point == std::string_view::npos) return *whole * unit;
  // Nine digits of the longest unit still fit into 64 bits.
  std::string_view tail = number.substr(point + 1);
  while (tail.size() > 1 && tail.ends_with('0')) tail.remove_suffix(1);
  const auto fraction = tail.size() > 9 ? std::nullopt : digits(tail);
  if (!fraction) return std::nullopt;
  std::int64_t denominator = 1;
  for (std::size_t i = 0; i < tail.size(); ++i) denominator *= 10;
  if (*fraction * unit % denominator != 0) return std::nullopt;
  return *whole * unit + *fraction * unit / denominator;
}

std::string take(std::string_view& text, std::string_view set) {
  const std::size_t end = std::min(text.find_first_not_of(set), text.size());
  std::string taken(text.substr(0, end));
  text.remove_prefix(end);
  return taken;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return usage(cat(quoted(text), " is no duration: ", why, " (like 90s, 15m, 1h30m, 2d, 250ms)"));
  };
  std::string_view rest = trim(text);
  if (rest.empty()) return refuse("it is empty");
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  bool fraction = false;
  while (!rest.empty()) {
    if (fraction) return refuse("only its last number may have a fraction");
    const std::string number = take(rest, "0123456789.");
    std::string unit = take(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (number.empty()) return refuse("a number was expected");
    if (unit.empty() && rest.empty() && next_unit == 0) unit = "s";
    const auto* const found = std::find_if(kUnits.begin(), kUnits.end(),
                                           [&](const Unit& known) { return known.name == unit; });
    if (found == kUnits.end()) return refuse("the units are d, h, m, s, ms");
    const auto index = static_cast<std::size_t>(found - kUnits.begin());
    if (index < next_unit) return refuse("units go from the longest to the shortest, each once");
    next_unit = index + 1;
    fraction = number.find('.') != std::string::npos;
    const auto part = scaled(number, found->milliseconds);
    if (!part) return refuse("a number in it is malformed, over 10 years or finer than 1 ms");
    total += *part;
    if (total > kMost) return refuse("it is over 10 years");
  }
  return milliseconds{total};
}

std::string show_duration(milliseconds duration) {
  if (duration == milliseconds::zero()) return "0s";
  std::string out;
  // As unsigned, so that the most negative value has an absolute one.
  auto left = static_cast<std::uint64_t>(duration.count());
  if (duration < milliseconds::zero()) {
    out = "-";
    left = 0 - left;
  }
  for (const Unit& unit : kUnits) {
    const auto length = static_cast<std::uint64_t>(unit.milliseconds);
    if (left >= length) out += cat(left / length, unit.name);
    left %= length;
  }
  return out;
}

std::string spoken_duration(seconds duration) {
  if (duration <= seconds::zero()) return "0 s";
  struct Pair {
    std::int64_t from;  // seconds from which this pair of units is used
    std::int64_t small;
    std::string_view big_name;
    std::string_view small_name;
  };
  constexpr std::array<Pair, 3> kPairs{
      {{60, 1, "min", "s"}, {3'600, 60, "h", "min"}, {86'400, 3'600, "d", "h"}}};
  std::int64_t left = duration.count();
  std::string out = cat(left, " s");
  for (const Pair& pair : kPairs) {
    if (left < pair.from) break;
    // Rounded up at each step, so 23 h 59 min 30 s becomes 1 d, never "24 h".
    left = left / pair.small * pair.small + (left % pair.small == 0 ? 0 : pair.small);
    const std::int64_t small = left % pair.from / pair.small;
    out = cat(left / pair.from, " ", pair.big_name);
    if (small > 0) out += cat(" ", small, " ", pair.small_name);
  }
  return out;
}

}  // namespace stagegate::text
