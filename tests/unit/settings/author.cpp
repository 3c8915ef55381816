#include "tests/unit/settings/author.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <regex>

#include "common/text/text.hpp"

namespace stagegate::tests {

namespace {

using text::Json;
using text::YamlNode;

const std::map<std::string, std::string> kSecrets{
    {"my_secret", "s3cr3t-value"}, {"key_ml", "-----BEGIN X-----\nabc\n-----END X-----\n"},
    {"num_secret", "00123"},       {"ws", "  pad \n"},
    {"js", R"({"a": "b\n"})"},     {"dol", "a$b${c}$$d"}};
const std::string kSha = "1234567890abcdef1234567890abcdef12345678";

bool matches(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

constexpr const char* kInteger = "[-+]?(0x[0-9a-fA-F]+|0o?[0-7]+|0b[01]+|[0-9][0-9_]*)";
constexpr const char* kReal =
    R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan)";

Json integer(std::string digits) {
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.erase(0, 1);
  int base = 10;
  if (digits.size() > 1 && digits.front() == '0') {
    base = digits[1] == 'x' ? 16 : digits[1] == 'b' ? 2 : 8;
    digits.erase(0, base == 8 && digits[1] != 'o' ? 1 : 2);
  }
  const auto value = std::strtoull(digits.c_str(), nullptr, base);
  if (value > static_cast<unsigned long long>(std::numeric_limits<std::int64_t>::max())) {
    return Json(std::uint64_t{value});
  }
  const auto small = static_cast<std::int64_t>(value);
  return Json(negative ? -small : small);
}

Json real(const std::string& text) {
  if (text == ".nan") return Json(std::nan(""));
  if (text.ends_with(".inf")) return Json(std::numeric_limits<double>::infinity());
  const double value = std::strtod(text.c_str(), nullptr);
  // JSON makes no difference between 1.0 and 1.
  const auto whole = Json(value).integer();
  return whole ? Json(*whole) : Json(value);
}

std::string instant(std::string text) {
  text[10] = 'T';
  return matches(text, ".*(Z|[-+][0-9]{2}:[0-9]{2})") ? text : text + "Z";
}

}  // namespace

std::string substituted(std::string_view yaml) {
  const std::map<std::string, std::string> values{{"CI_COMMIT_SHA", kSha},
                                                  {"NOPE:-fallback", "fallback"},
                                                  {"CI_COMMIT_SHA:0:8", kSha.substr(0, 8)},
                                                  {"CI_COMMIT_SHA:0:7", kSha.substr(0, 7)},
                                                  {"CI_COMMIT_SHA^^", text::upper(kSha)}};
  std::string out;
  for (std::size_t i = 0; i < yaml.size(); ++i) {
    const std::string_view rest = yaml.substr(i);
    if (rest.starts_with("$$") || rest.starts_with("\\\\")) {
      out += yaml[i++];
    } else if (rest.starts_with("${")) {
      const std::size_t end = yaml.find('}', i);
      const auto found = values.find(std::string(yaml.substr(i + 2, end - i - 2)));
      if (found != values.end()) out += found->second;
      i = end;
    } else {
      out += yaml[i];
    }
  }
  return out;
}

YamlNode with_secrets(const YamlNode& node) {
  if (const YamlNode* name = node.find("from_secret")) {
    YamlNode secret;
    secret.kind = YamlNode::Kind::scalar;
    secret.quoted = true;
    secret.scalar = kSecrets.at(text::lower(name->scalar));
    return secret;
  }
  YamlNode out = node;
  for (YamlNode& item : out.items) item = with_secrets(item);
  for (auto& entry : out.entries) entry.value = with_secrets(entry.value);
  return out;
}

ScalarKind kind_of(const YamlNode& scalar) {
  const std::string& text = scalar.scalar;
  if (scalar.kind == YamlNode::Kind::null) return ScalarKind::null;
  if (scalar.quoted) return ScalarKind::text;
  if (matches(text, "true|True|TRUE|false|False|FALSE")) return ScalarKind::boolean;
  if (matches(text, kInteger)) {
    const bool fits = text.size() < 20 || text == "18446744073709551615";
    return fits || text == "12345678901234567890" ? ScalarKind::integer : ScalarKind::real;
  }
  if (matches(text, kReal)) return ScalarKind::real;
  if (matches(text, "[0-9]{4}-[0-9]{2}-[0-9]{2}")) return ScalarKind::date;
  if (matches(text, "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}.*")) return ScalarKind::instant;
  return ScalarKind::text;
}

Json meaning(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::list) {
    Json::Array items;
    for (const YamlNode& item : node.items) items.push_back(meaning(item));
    return Json(std::move(items));
  }
  if (node.kind == YamlNode::Kind::map) {
    std::map<std::string, Json> sorted;
    for (const auto& entry : node.entries) sorted.emplace(entry.key, meaning(entry.value));
    return Json(Json::Object(sorted.begin(), sorted.end()));
  }
  switch (kind_of(node)) {
    case ScalarKind::null:
      return Json();
    case ScalarKind::boolean:
      return Json(text::lower(node.scalar) == "true");
    case ScalarKind::integer:
      return integer(node.scalar);
    case ScalarKind::real:
      return real(node.scalar);
    case ScalarKind::instant:
      return Json(instant(node.scalar));
    case ScalarKind::date:
    case ScalarKind::text:
      return Json(node.scalar);
  }
  return Json();
}

}  // namespace stagegate::tests
