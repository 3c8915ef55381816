#include "common/settings/given.hpp"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "common/time/instant.hpp"

namespace stagegate::settings {

namespace {

using text::Json;
using text::YamlNode;

constexpr std::size_t kMostBytes = 1u << 20;

std::string_view kind_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "empty";
    case YamlNode::Kind::scalar:
      return "a text";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "";
}

YamlNode node_of(const Json& json);

struct ToNode {
  YamlNode operator()(std::monostate /*null*/) const { return {}; }
  YamlNode operator()(const std::string& value) const {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.scalar = value;
    node.quoted = true;
    return node;
  }
  YamlNode operator()(const Json::Array& items) const {
    YamlNode node;
    node.kind = YamlNode::Kind::list;
    for (const Json& item : items) node.items.push_back(node_of(item));
    return node;
  }
  YamlNode operator()(const Json::Object& members) const {
    YamlNode node;
    node.kind = YamlNode::Kind::map;
    for (const auto& [key, value] : members) node.entries.push_back({key, {}, node_of(value)});
    return node;
  }
  template <class Scalar>
  YamlNode operator()(Scalar value) const {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.scalar = Json(value).dump();
    return node;
  }
};

YamlNode node_of(const Json& json) {
  return json.visit(ToNode{});
}

// The value of a JSON text that begins with `first`, when it is one.
std::optional<Json> json_beginning_with(char first, std::string_view text) {
  const std::string_view trimmed = text::trim(text);
  if (!trimmed.starts_with(first)) return std::nullopt;
  auto json = text::parse_json(trimmed);
  return json ? std::optional(*std::move(json)) : std::nullopt;
}

Result<std::string> checked(std::string text) {
  if (text.size() > kMostBytes) {
    return usage(text::cat("it has ", text.size(), " bytes, at most ", kMostBytes, " are read"));
  }
  if (text.find('\0') != std::string::npos) return usage("it has a NUL byte in it");
  return text;
}

// What a scalar without type looks like; `what` names it when it is none.
Result<std::string> scalar_text(const YamlNode& node, const std::string& what) {
  if (node.kind != YamlNode::Kind::scalar && node.kind != YamlNode::Kind::null) {
    return usage(text::cat(what, " is ", kind_name(node.kind), ", expected is one value"));
  }
  return checked(node.scalar);
}

std::string unwrapped(const std::string& text) {
  const auto json = json_beginning_with('"', text);
  const std::string* value = json ? json->string() : nullptr;
  return value == nullptr ? text : *value;
}

// An unquoted date deep inside a setting arrives as the instant at which it begins in UTC:
// [{from: 2027-01-25}] as [{"from":"2027-01-25T00:00:00Z"}]. What was meant is the date.
void restore_dates(YamlNode& node) {
  constexpr std::string_view kMidnight = "T00:00:00Z";
  if (node.scalar.ends_with(kMidnight)) {
    const std::string day = node.scalar.substr(0, node.scalar.size() - kMidnight.size());
    if (time::parse_date(day)) node.scalar = day;
  }
  for (YamlNode& item : node.items) restore_dates(item);
  for (auto& entry : node.entries) restore_dates(entry.value);
}

Result<> append_elements(const YamlNode& list, EmptyElements empty, std::vector<std::string>& out) {
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string what = text::cat("element ", i + 1);
    auto element = scalar_text(list.items[i], what);
    if (!element) return forward(element.error());
    if (text::trim(*element).empty() && empty == EmptyElements::refused) {
      return usage(what + " is empty");
    }
    out.push_back(*std::move(element));
  }
  return {};
}

void append_csv(std::string_view csv, std::vector<std::string>& out) {
  for (const std::string_view piece : text::split(csv, ',')) {
    const std::string_view element = text::trim(piece);
    if (!element.empty()) out.emplace_back(element);
  }
}

Result<> append_member(Member member, EmptyElements empty, std::vector<Member>& out) {
  if (member.first.empty()) return usage("a key in it is empty");
  if (text::trim(member.second).empty() && empty == EmptyElements::refused) {
    return usage(text::cat("the value of ", text::quoted(member.first), " is empty"));
  }
  const auto same = [&](const Member& other) { return other.first == member.first; };
  if (std::any_of(out.begin(), out.end(), same)) {
    return usage(text::cat("the key ", text::quoted(member.first), " is there twice"));
  }
  out.push_back(std::move(member));
  return {};
}

Result<> append_members(const YamlNode& map, EmptyElements empty, std::vector<Member>& out) {
  for (const auto& entry : map.entries) {
    auto value = scalar_text(entry.value, text::cat("the value of ", text::quoted(entry.key)));
    if (!value) return forward(value.error());
    auto added = append_member({entry.key, *std::move(value)}, empty, out);
    if (!added) return added;
  }
  return {};
}

Result<> append_pairs(const std::string& text, EmptyElements empty, std::vector<Member>& out) {
  std::vector<std::string> pairs;
  append_csv(text, pairs);
  for (const std::string& pair : pairs) {
    const std::size_t sign = pair.find('=');
    // The pair itself is not shown: it may be half of a secret.
    if (sign == std::string::npos)
      return usage("expected is a map: a JSON object, or key=value,...");
    const std::string_view view = pair;
    const std::string key(text::trim(view.substr(0, sign)));
    auto added = append_member({key, std::string(text::trim(view.substr(sign + 1)))}, empty, out);
    if (!added) return added;
  }
  return {};
}

}  // namespace

bool Given::empty() const {
  if (node)
    return node->kind == YamlNode::Kind::null ||
           (node->kind == YamlNode::Kind::scalar && text::trim(node->scalar).empty());
  return std::all_of(texts.begin(), texts.end(),
                     [](const std::string& text) { return text::trim(text).empty(); });
}

Result<std::string> bytes_of(const Given& given) {
  if (given.node) return scalar_text(*given.node, "it");
  return checked(given.texts.empty() ? std::string() : given.texts.back());
}

Result<std::string> scalar_of(const Given& given) {
  auto bytes = bytes_of(given);
  if (!bytes || given.node) return bytes;
  return checked(unwrapped(*bytes));
}

Result<std::vector<std::string>> list_of(const Given& given, EmptyElements empty) {
  std::vector<std::string> elements;
  if (given.node && given.node->kind == YamlNode::Kind::list) {
    auto added = append_elements(*given.node, empty, elements);
    if (!added) return forward(added.error());
    return elements;
  }
  if (given.node) {
    auto one = scalar_text(*given.node, "it");
    if (!one) return forward(one.error());
    append_csv(*one, elements);
    return elements;
  }
  for (const std::string& raw : given.texts) {
    auto text = checked(raw);
    if (!text) return forward(text.error());
    if (const auto json = json_beginning_with('[', *text)) {
      auto added = append_elements(node_of(*json), empty, elements);
      if (!added) return forward(added.error());
    } else {
      append_csv(unwrapped(*text), elements);
    }
  }
  return elements;
}

Result<std::vector<Member>> map_of(const Given& given, EmptyElements empty) {
  std::vector<Member> members;
  if (given.node && given.node->kind == YamlNode::Kind::map) {
    auto added = append_members(*given.node, empty, members);
    if (!added) return forward(added.error());
    return members;
  }
  std::vector<std::string> texts = given.texts;
  if (given.node) {
    auto one = scalar_text(*given.node, "it");
    if (!one) return forward(one.error());
    texts = {*std::move(one)};
  }
  for (const std::string& raw : texts) {
    auto text = checked(raw);
    if (!text) return forward(text.error());
    Result<> added;
    if (text::trim(*text).starts_with('{')) {
      auto json = text::parse_json(text::trim(*text));
      if (!json) return usage("it is no JSON object: " + json.error().message);
      added = append_members(node_of(*json), empty, members);
    } else {
      added = append_pairs(unwrapped(*text), empty, members);
    }
    if (!added) return forward(added.error());
  }
  return members;
}

Result<YamlNode> tree_of(const Given& given) {
  if (given.node) return *given.node;
  auto text = bytes_of(given);
  if (!text) return forward(text.error());
  for (const char first : {'{', '[', '"'}) {
    if (const auto json = json_beginning_with(first, *text)) {
      YamlNode tree = node_of(*json);
      restore_dates(tree);
      return tree;
    }
  }
  return text::parse_yaml(*text);
}

}  // namespace stagegate::settings
