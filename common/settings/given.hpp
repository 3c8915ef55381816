// A value as it was given, before anybody knows its type: texts from a flag, a variable or a file,
// or a node of the --config file. The functions here undo what Woodpecker did to the YAML
// (lists become CSV or JSON, maps JSON, dates JSON strings).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/yaml.hpp"

namespace stagegate::settings {

struct Given {
  std::string name;                    // for messages: "PLUGIN_NEED", "--need"
  std::vector<std::string> texts;      // one, or one for each time a flag was repeated
  std::optional<text::YamlNode> node;  // instead of texts, from --config

  // Nothing but white space, or null: as good as not given.
  bool empty() const;
};

using Member = std::pair<std::string, std::string>;

// How elements that arrived empty are taken: {image.tag: '${TAG}'} without a TAG must not deploy
// "".
enum class EmptyElements { refused, kept };

// One text. Of a JSON string (how an unquoted date arrives) its value.
Result<std::string> scalar_of(const Given& given);
// One text, byte for byte: a secret may begin with a quote.
Result<std::string> bytes_of(const Given& given);
// A JSON array, or comma-separated values: those are trimmed, and empty ones dropped.
Result<std::vector<std::string>> list_of(const Given& given, EmptyElements empty);
// A JSON object of scalars, or key=value pairs with commas between them.
Result<std::vector<Member>> map_of(const Given& given, EmptyElements empty);
// JSON or YAML. In JSON every string counts as quoted, and one that is the beginning of a day in
// UTC as that date.
Result<text::YamlNode> tree_of(const Given& given);

}  // namespace stagegate::settings
