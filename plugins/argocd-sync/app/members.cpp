#include "plugins/argocd-sync/app/members.hpp"

#include "common/text/characters.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {

using text::Json;

namespace {
constexpr std::size_t kParagraph = 500;  // characters
}

const Json& member(const Json& json, MemberPath path) {
  static const Json kNone;
  const Json* at = &json;
  for (const std::string_view name : path) {
    at = at->find(name);
    if (at == nullptr) return kNone;
  }
  return *at;
}

std::string string_at(const Json& json, MemberPath path) {
  const std::string* string = member(json, path).string();
  return string == nullptr ? std::string() : *string;
}

std::string words_at(const Json& json, MemberPath path) {
  const std::string* string = member(json, path).string();
  return string == nullptr ? std::string() : harmless_words(*string);
}

std::string harmless_words(std::string_view text) {
  const std::string_view beginning = text::first_characters(text::trim(text), kParagraph);
  const bool cut = beginning.size() < text::trim(text).size();
  return text::harmless(beginning) + (cut ? " ..." : "");
}

const Json::Array& array_of(const Json& json) {
  static const Json::Array kNone;
  return json.array() == nullptr ? kNone : *json.array();
}

std::vector<std::string> strings_of(const Json& json) {
  std::vector<std::string> strings;
  for (const Json& one : array_of(json)) {
    if (one.string() != nullptr) strings.push_back(*one.string());
  }
  return strings;
}

Json list_json(const std::vector<std::string>& strings) {
  return Json::Array(strings.begin(), strings.end());
}

bool is_true(const Json& json) {
  return json.boolean() != nullptr && *json.boolean();
}

std::optional<std::int64_t> whole_number(const Json& json) {
  if (json.string() != nullptr) return text::parse_int(*json.string());
  return json.integer();
}

std::optional<time::Instant> instant_of(const Json& json) {
  if (json.string() == nullptr) return std::nullopt;
  const auto instant = time::parse_instant(*json.string());
  return instant ? std::optional(*instant) : std::nullopt;
}

}  // namespace stagegate::argocd
