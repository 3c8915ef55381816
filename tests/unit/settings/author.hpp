// What the author of a Woodpecker step meant: an independent reading of the YAML, with the rules of
// the YAML library that Woodpecker uses.
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "common/text/yaml.hpp"

namespace stagegate::tests {

// The file's text after Woodpecker has replaced ${...}, $$ and \\ in it.
std::string substituted(std::string_view yaml);

// {from_secret: name} replaced by the secret, everywhere.
text::YamlNode with_secrets(const text::YamlNode& node);

enum class ScalarKind { null, boolean, integer, real, date, instant, text };
ScalarKind kind_of(const text::YamlNode& scalar);

// The value, its maps sorted by key; dates as they were written, instants as RFC 3339 texts.
text::Json meaning(const text::YamlNode& node);

}  // namespace stagegate::tests
