// YAML as the events of its parser, which is yaml-cpp. What it lets through although no YAML has it
// is refused here, for everybody who reads YAML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "common/text/position.hpp"

namespace stagegate::text {

struct YamlMark {
  Position at;
  std::size_t offset = 0;  // in the text, in bytes
};

// What a handler throws to stop the parser, which knows no other way; read_yaml catches it.
struct YamlRefused {
  Position at;
  std::string why;
};

// Is told what the parser meets, in the order of the text. A node's mark is where its anchor, its
// tag or its value begins, whichever is first; an empty value's is where the parser noticed.
// An anchor is a number, 0 for none: of two with one name each has its own.
class YamlHandler {
 public:
  enum class Style { standard, block, flow };

  YamlHandler() = default;
  YamlHandler(const YamlHandler&) = delete;
  YamlHandler& operator=(const YamlHandler&) = delete;
  virtual ~YamlHandler() = default;

  virtual void on_document(const YamlMark& mark) = 0;
  // The name of the anchor of the node that comes next.
  virtual void on_anchor(std::string_view /*name*/) {}
  virtual void on_null(const YamlMark& mark, std::size_t anchor) = 0;
  // Tags are resolved: "?" is a plain value without one, "!" a quoted one.
  virtual void on_scalar(const YamlMark& mark, const std::string& tag, std::size_t anchor,
                         const std::string& value) = 0;
  virtual void on_alias(const YamlMark& mark, std::size_t anchor) = 0;
  virtual void on_list(const YamlMark& mark, const std::string& tag, std::size_t anchor,
                       Style style) = 0;
  virtual void on_map(const YamlMark& mark, const std::string& tag, std::size_t anchor,
                      Style style) = 0;
  // Of a list or a map.
  virtual void on_end() = 0;
};

// Refused, with "line L, column C" in front of the message (kind usage): what the handler refuses,
// syntax errors, characters that YAML forbids, a text of more than `most_bytes`.
Result<> read_yaml(std::string_view text, std::size_t most_bytes, YamlHandler& handler);

}  // namespace stagegate::text
