#include "common/settings/image_tag.hpp"

#include <algorithm>

#include "common/settings/number.hpp"
#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

constexpr std::size_t kLongest = 128;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// An unquoted `tag: 2026-01-02` arrives as "2026-01-02T00:00:00Z". No tag has a colon, so this can
// be nothing else.
std::string_view without_midnight(std::string_view text) {
  constexpr std::string_view kMidnight = "T00:00:00Z";
  if (text.size() == 20 && text.ends_with(kMidnight)) text.remove_suffix(kMidnight.size());
  return text;
}

}  // namespace

std::string_view without_tag(std::string_view image) {
  const auto slash = image.rfind('/');
  const auto colon = image.rfind(':');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  return tagged ? image.substr(0, colon) : image;
}

bool is_image_tag(std::string_view text) {
  return !text.empty() && text.size() <= kLongest && is_word(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

Result<ImageTag> parse_image_tag(std::string_view text) {
  if (is_rewritten_number(text)) {
    return usage(text::cat(text::quoted(text),
                           " is a number that Woodpecker has rewritten: quote it in the YAML"));
  }
  const std::string_view tag = without_midnight(text);
  if (!is_image_tag(tag)) {
    return usage(text::cat(text::quoted(text), " is no image tag (letters, digits, _ . -, at most ",
                           kLongest, " characters, not beginning with . or -)"));
  }
  return ImageTag{std::string(tag)};
}

}  // namespace stagegate::settings
