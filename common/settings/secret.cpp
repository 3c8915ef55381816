#include "common/settings/secret.hpp"

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::settings {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Secret::Secret(std::string value) : value_(std::move(value)) {
  if (!value_.empty()) log::mask(value_);
}

Result<std::string> bearer_token(std::string_view setting, const Secret& given) {
  const std::string_view token = text::trim(given.reveal());
  if (is_word(token)) return std::string(token);
  return usage(text::cat(setting,
                         ": no header can carry it: a token is one word of visible ASCII "
                         "characters"));
}

}  // namespace stagegate::settings
