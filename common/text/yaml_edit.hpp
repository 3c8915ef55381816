// One value of a YAML file replaced, and not one other byte: comments, quotes, anchors, line ends,
// the order and the blank lines stay as somebody wrote them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "common/text/position.hpp"
#include "common/text/yaml.hpp"
#include "common/text/yaml_path.hpp"

namespace stagegate::text {

struct YamlPlace {
  YamlPath path;
  // Counted from 0; unset: the one document that has the path.
  std::optional<std::size_t> document = {};
};

struct YamlScalar {
  std::string value;
  // False for `tag: 0123`: no text to everybody who reads it, whatever it looks like.
  bool text = true;
  Position at;
};

// The value as it is now. Refused (usage) with "line L, column C" where there is one: no such key,
// and every value that could not be changed alone: an alias and what an alias elsewhere stands for,
// what a merge key may bring, keys that are there twice, lists and maps, block scalars, values over
// several lines, with a tag or missing, several documents with the path; a malformed text.
Result<YamlScalar> find_yaml_scalar(std::string_view text, const YamlPlace& place,
                                    YamlLimits limits = {});

struct YamlEdit {
  std::string text;
  std::string old_value;
  bool changed = false;  // false: the value was the new one already, and `text` is the old text
  Position at;
};

// Quotes stay as they are, and come where the value would be no text without them. The new text has
// been parsed again: it holds the new value, and everything else in it is what it was.
// Refused (usage) as above, and for a value of several lines or with control characters; unknown:
// the new text did not stand that test.
Result<YamlEdit> edit_yaml_scalar(std::string_view text, const YamlPlace& place,
                                  std::string_view value, YamlLimits limits = {});

}  // namespace stagegate::text
