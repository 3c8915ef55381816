// A YAML document as a tree that still knows where each value stood, so that every fault can be
// named by line and column. yaml-cpp does the work, behind
// yaml_reader.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/position.hpp"

namespace stagegate::text {

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  Position at;
  std::string scalar;   // the text as written, without quotes
  bool quoted = false;  // "12:30", '12:30' or a block scalar: a string whatever it looks like
  std::vector<YamlNode> items;  // of a list
  std::vector<Entry> entries;   // of a map, in the order of the file

  const YamlNode* find(std::string_view key) const;
};

struct YamlNode::Entry {
  std::string key;
  Position at;
  YamlNode value;
};

struct YamlLimits {
  std::size_t bytes = 1u << 20;  // of the text, and again of what aliases add to it
  int depth = 32;
  std::size_t nodes = 100'000;  // counted after aliases are expanded: "billion laughs" ends here
};

// One document. Refused, with "line L, column C" in front of the message (kind usage): syntax
// errors, duplicate keys, keys that are no scalars, unknown tags, characters that YAML forbids,
// aliases of what they stand in, more than one document, anything over the limits. Merge keys (<<)
// are refused too: nobody could say where their values stood.
Result<YamlNode> parse_yaml(std::string_view text, YamlLimits limits = {});

}  // namespace stagegate::text
