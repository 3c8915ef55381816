// parse_yaml ends, within its limits and without an exception, whatever the bytes; what it accepts
// has no more than it may have.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/text/yaml.hpp"

namespace {

using stagegate::text::YamlLimits;
using stagegate::text::YamlNode;

std::size_t checked_nodes(const YamlNode& node, int depth, const YamlLimits& limits) {
  const bool leaf = node.kind == YamlNode::Kind::null || node.kind == YamlNode::Kind::scalar;
  if (depth > limits.depth || node.at.line < 1 || node.at.column < 1) std::abort();
  if (leaf && (!node.items.empty() || !node.entries.empty())) std::abort();
  std::size_t nodes = 1;
  for (const YamlNode& item : node.items) nodes += checked_nodes(item, depth + 1, limits);
  for (const auto& entry : node.entries) {
    if (node.find(entry.key) != &entry.value) std::abort();
    nodes += checked_nodes(entry.value, depth + 1, limits);
  }
  return nodes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Small ones, so that the fuzzer finds its way to them.
  constexpr YamlLimits kLimits{.bytes = 1u << 16, .depth = 8, .nodes = 1000};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto root = stagegate::text::parse_yaml(text, kLimits);
  if (root && checked_nodes(*root, 1, kLimits) > kLimits.nodes) std::abort();
  if (!root && !std::string_view(root.error().message).starts_with("line ")) std::abort();
  return 0;
}
