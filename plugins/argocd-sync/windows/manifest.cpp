#include "plugins/argocd-sync/windows/manifest.hpp"

#include "common/text/json.hpp"
#include "common/text/yaml.hpp"

namespace stagegate::argocd {
namespace {

using text::Json;
using text::YamlNode;

// Numbers stay text: no member of a window is one.
Json scalar(const YamlNode& node) {
  if (!node.quoted && (node.scalar == "true" || node.scalar == "false")) {
    return node.scalar == "true";
  }
  return node.scalar;
}

// As deep as parse_yaml lets a document be.
Json json_of(const YamlNode& node) {
  Json::Array items;
  Json::Object members;
  switch (node.kind) {
    case YamlNode::Kind::null:
      return {};
    case YamlNode::Kind::scalar:
      return scalar(node);
    case YamlNode::Kind::list:
      for (const YamlNode& item : node.items) items.push_back(json_of(item));
      return items;
    case YamlNode::Kind::map:
      for (const auto& entry : node.entries) members.emplace_back(entry.key, json_of(entry.value));
      return members;
  }
  return {};
}

}  // namespace

Result<std::vector<Window>> manifest_windows(std::string_view yaml) {
  const auto node = text::parse_yaml(yaml);
  if (!node) return forward(node.error());
  const YamlNode* kind = node->find("kind");
  if (kind == nullptr || kind->scalar != "AppProject") {
    return unknown("this is no AppProject: its kind is another one");
  }
  return project_windows(json_of(*node));
}

}  // namespace stagegate::argocd
