// What parse_json accepts is written and read back as the same value, whatever the bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/text/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using stagegate::text::parse_json;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = parse_json(text);
  if (!value) return 0;
  const auto again = parse_json(value->dump());
  const auto indented = parse_json(value->dump(2));
  if (!again || *again != *value || !indented || *indented != *value) std::abort();
  return 0;
}
