// YAML as it was written: aliases, merge keys, anchors, tags and every document stay what they are.
// For whoever changes a text and has to know what else would change with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/position.hpp"
#include "common/text/yaml.hpp"
#include "common/text/yaml_path.hpp"
#include "common/text/yaml_reader.hpp"

namespace stagegate::text {

struct YamlPiece {
  enum class Kind { null, scalar, alias, list, map };
  Kind kind = Kind::null;
  Position at;             // of its anchor, its tag or itself, whichever is first
  std::size_t offset = 0;  // the same, in bytes
  std::string tag;         // "?" plain and "!" quoted, or as resolved
  std::size_t anchor = 0;  // its own, an alias's: of what it stands for; 0: none
  std::string anchor_name;
  std::string value;  // of a scalar
  YamlHandler::Style style = YamlHandler::Style::standard;
  std::size_t next = 0;  // the number of the first piece behind it and all that is in it

  // Everything but where it stands.
  bool same_as(const YamlPiece& other) const;
};

struct YamlSource {
  // All of the text in its order: a map's are key, value, key, value, ...
  std::vector<YamlPiece> pieces;
  std::vector<std::size_t> documents;  // the first piece of each

  // No text between the piece before and the one behind: "key:" and nothing.
  bool is_empty_value(std::size_t piece) const;
};

// Refused (usage) as in parse_yaml, except for what is kept here.
Result<YamlSource> read_yaml_source(std::string_view text, YamlLimits limits);

// From the root of a document to the value that a path names.
struct YamlWay {
  std::vector<std::size_t> pieces;  // root first
  std::string missing;              // why it ends before; empty: its last piece is the value
};

// Refused (usage) where the path is written, but nobody can say what it names: a duplicate key, an
// alias, a merge key that may bring it.
Result<YamlWay> find_yaml_way(const YamlSource& source, std::size_t document, const YamlPath& path);

}  // namespace stagegate::text
