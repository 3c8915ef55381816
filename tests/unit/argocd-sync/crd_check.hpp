// Whether an object that a test made up could be one: its members are those of the schema in the
// CustomResourceDefinition, and of their kinds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/fs/file.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml.hpp"
#include "tests/data.hpp"

namespace stagegate::tests {

class CrdCheck {
 public:
  // "crds/rollouts/rollout-crd.yaml". Without the data everything is taken.
  explicit CrdCheck(const std::string& name) {
    const auto path = data_file(name);
    if (!path) return;
    definition_ = text::parse_yaml(fs::read_file(*path).value(),
                                   {.bytes = 16u << 20, .depth = 100, .nodes = 1'000'000})
                      .value();
    const auto& versions = *definition_.find("spec")->find("versions");
    schema_ = versions.items.front().find("schema")->find("openAPIV3Schema");
  }

  // What is wrong with it; empty: nothing.
  std::string fault(const text::Json& object) const {
    return schema_ == nullptr ? "" : fault_in(object, *schema_, "");
  }

 private:
  static bool is_kind(const text::Json& json, std::string_view type) {
    if (type == "object") return json.object() != nullptr;
    if (type == "array") return json.array() != nullptr;
    if (type == "string") return json.string() != nullptr;
    if (type == "boolean") return json.boolean() != nullptr;
    if (type == "integer") return json.integer().has_value();
    return true;
  }

  static std::string fault_in(const text::Json& json, const text::YamlNode& schema,
                              const std::string& at) {
    if (schema.find("x-kubernetes-int-or-string") != nullptr) {
      return json.string() != nullptr || json.integer() ? "" : at + " is neither number nor text";
    }
    const auto* type = schema.find("type");
    if (type != nullptr && !is_kind(json, type->scalar)) return at + " is no " + type->scalar;
    if (const auto* items = schema.find("items"); items != nullptr && json.array() != nullptr) {
      for (const auto& one : *json.array()) {
        auto fault = fault_in(one, *items, at + "[]");
        if (!fault.empty()) return fault;
      }
    }
    const auto* properties = schema.find("properties");
    if (properties == nullptr || json.object() == nullptr) return "";
    for (const auto& [name, value] : *json.object()) {
      const auto* property = properties->find(name);
      const std::string below = text::cat(at, ".", name);
      if (property == nullptr) return below + " is unknown";
      auto fault = fault_in(value, *property, below);
      if (!fault.empty()) return fault;
    }
    return "";
  }

  text::YamlNode definition_;
  const text::YamlNode* schema_ = nullptr;
};

}  // namespace stagegate::tests
