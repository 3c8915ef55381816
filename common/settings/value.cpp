#include "common/settings/value.hpp"

#include <algorithm>
#include <array>

#include "common/settings/number.hpp"
#include "common/text/duration.hpp"

namespace stagegate::settings {

namespace {

using text::cat;

Result<> refuse_malformed(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = text::utf8_sequence(text, at);
    if (length == 0) return usage(text::quoted(text) + " is no valid UTF-8");
    if (text[at] == '\0') return usage(text::quoted(text) + " has a NUL character in it");
    at += length;
  }
  return {};
}

std::string listed(const std::vector<std::string>& choices) {
  return text::join(choices, ", ");
}

}  // namespace

Result<> parse(std::string_view text, const Spec& /*spec*/, bool& target) {
  constexpr std::array<std::string_view, 4> kTrue{"true", "yes", "on", "1"};
  constexpr std::array<std::string_view, 4> kFalse{"false", "no", "off", "0"};
  const std::string word = text::lower(text::trim(text));
  const bool yes = std::find(kTrue.begin(), kTrue.end(), word) != kTrue.end();
  if (!yes && std::find(kFalse.begin(), kFalse.end(), word) == kFalse.end()) {
    return usage(text::quoted(text) + " is neither true, yes, on, 1 nor false, no, off, 0");
  }
  target = yes;
  return {};
}

Result<> parse(std::string_view text, const Spec& spec, std::int64_t& target) {
  const auto digits = plain_whole_number(text::trim(text));
  if (!digits) return usage(text::quoted(text) + " is no whole number");
  const auto value = text::parse_int(*digits);
  if (!value || *value < spec.least || *value > spec.most) {
    return usage(cat(text::quoted(text), " is out of range: ", spec.least, " to ", spec.most));
  }
  target = *value;
  return {};
}

Result<> parse(std::string_view text, const Spec& spec, std::string& target) {
  auto well_formed = refuse_malformed(text);
  if (!well_formed) return well_formed;
  if (!spec.choices.empty()) {
    const auto choice = parse_choice(text, spec);
    if (!choice) return forward(choice.error());
    target = spec.choices[*choice];
    return {};
  }
  target = text;
  return {};
}

Result<> parse(std::string_view text, const Spec& /*spec*/, Secret& target) {
  target = Secret(std::string(text));
  return {};
}

Result<> parse(std::string_view text, const Spec& /*spec*/, std::chrono::milliseconds& target) {
  // A bare number of seconds may have been rewritten: 1e6 arrives as "1e+06".
  const auto plain =
      is_rewritten_number(text::trim(text)) ? plain_whole_number(text::trim(text)) : std::nullopt;
  const auto duration = text::parse_duration(plain ? std::string_view(*plain) : text);
  if (!duration) return forward(duration.error());
  target = *duration;
  return {};
}

Result<> parse(std::string_view text, const Spec& spec, std::chrono::seconds& target) {
  std::chrono::milliseconds exact{};
  auto parsed = parse(text, spec, exact);
  if (!parsed) return parsed;
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(exact);
  if (whole != exact) return usage(text::quoted(text) + " is not in whole seconds");
  target = whole;
  return {};
}

Result<> parse(std::string_view text, const Spec& /*spec*/, time::Date& target) {
  constexpr std::size_t kDateLength = 10;
  std::string_view day = text::trim(text);
  // An unquoted date arrives as the instant at which it begins in UTC.
  if (day.size() > kDateLength && time::parse_instant(day)) {
    constexpr std::string_view kMidnight = "00:00:00";
    if (day.substr(kDateLength + 1, kMidnight.size()) != kMidnight) {
      return usage(text::quoted(text) + " has a time of day: expected is a date like 2026-07-03");
    }
    day = day.substr(0, kDateLength);
  }
  const auto date = time::parse_date(day);
  if (!date) return forward(date.error());
  target = *date;
  return {};
}

Result<> parse(std::string_view text, const Spec& /*spec*/, time::Instant& target) {
  const auto instant = time::parse_instant(text::trim(text));
  if (!instant) return forward(instant.error());
  target = *instant;
  return {};
}

Result<> parse(std::string_view text, const Spec& /*spec*/, ImageTag& target) {
  auto tag = parse_image_tag(text::trim(text));
  if (!tag) return forward(tag.error());
  target = *std::move(tag);
  return {};
}

Result<std::size_t> parse_choice(std::string_view text, const Spec& spec) {
  const std::string_view word = text::trim(text);
  const auto found = std::find(spec.choices.begin(), spec.choices.end(), word);
  if (found != spec.choices.end()) return static_cast<std::size_t>(found - spec.choices.begin());
  std::string message = cat(text::quoted(word), " is none of ", listed(spec.choices));
  const std::string_view near = text::nearest(text::lower(word), spec.choices);
  if (!near.empty()) message += cat(": did you mean ", near, "?");
  return usage(std::move(message));
}

}  // namespace stagegate::settings
