// Where a value stands in a YAML document, as people write it:
//
//   image.tag                          the key tag of the map under the key image
//   images[0].newTag                   the first element of a list, counted from 0
//   images[name=query-api].newTag      the element whose key name has that value
//   annotations.example\.com/tag       a dot (or [ ] = \) that belongs to a key
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"

namespace stagegate::text {

struct YamlStep {
  enum class Kind { key, index, match };
  Kind kind = Kind::key;
  std::string key;    // of key and match
  std::string value;  // of match
  std::size_t index = 0;

  // "tag", "[0]", "[name=query-api]"
  std::string text() const;
};

struct YamlPath {
  std::vector<YamlStep> steps;

  std::string text() const { return text(steps.size()); }
  // Its first steps.
  std::string text(std::size_t count) const;
};

// The failure (usage) says which part is malformed.
Result<YamlPath> parse_yaml_path(std::string_view text);

}  // namespace stagegate::text
