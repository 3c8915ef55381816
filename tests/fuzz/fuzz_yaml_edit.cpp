// The first line is a key path, the second a value, the rest a text. An edit that is made changes
// one piece of the text, is read back as what was written, and can be taken back; none is ever
// found out afterwards to have done harm.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/text/yaml_edit.hpp"

namespace {

using stagegate::text::edit_yaml_scalar;
using stagegate::text::find_yaml_scalar;

std::string_view line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool is_own_fault(const stagegate::Failure& failure) {
  return failure.kind != stagegate::Failure::Kind::usage;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr stagegate::text::YamlLimits kLimits{.bytes = 1u << 16, .depth = 8, .nodes = 1000};
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view words = line(rest);
  const std::string_view value = line(rest);
  const auto path = stagegate::text::parse_yaml_path(words);
  if (!path) return 0;
  if (stagegate::text::parse_yaml_path(path->text())->text() != path->text()) std::abort();

  const auto edit = edit_yaml_scalar(rest, {*path}, value, kLimits);
  if (!edit) {
    if (is_own_fault(edit.error())) std::abort();
    return 0;
  }
  if (!edit->changed) {
    if (edit->text != rest || edit->old_value != value) std::abort();
    return 0;
  }
  const auto found = find_yaml_scalar(edit->text, {*path});
  if (!found || !found->text || found->value != value) std::abort();
  const auto again = edit_yaml_scalar(edit->text, {*path}, value);
  if (!again || again->changed) std::abort();
  const auto back = edit_yaml_scalar(edit->text, {*path}, edit->old_value);
  // An old value may have been written with escapes that stand for what is no longer written.
  if (!back && is_own_fault(back.error())) std::abort();
  return 0;
}
