// JsonStream accepts what parse_json accepts, members that are there twice apart, and tells the
// same tokens wherever the bytes are cut into pieces.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "common/text/json_stream.hpp"

namespace {

using stagegate::text::JsonToken;

struct Told {
  std::string tokens;
  bool too_big = false;  // a number that no double can hold: only parse_json minds
  std::string failure;
};

Told told(std::string_view text, std::size_t piece, stagegate::text::JsonStreamLimits limits) {
  Told told;
  stagegate::text::JsonStream stream(
      [&](JsonToken token, std::string_view content) -> stagegate::Result<> {
        told.tokens += static_cast<char>('a' + static_cast<int>(token));
        told.tokens += content;
        if (token == JsonToken::number) {
          told.too_big |= std::isinf(std::strtod(std::string(content).c_str(), nullptr));
        }
        return {};
      },
      limits);
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (auto fed = stream.feed(text.substr(at, piece)); !fed) {
      told.failure = fed.error().message;
      return told;
    }
  }
  if (auto finished = stream.finish(); !finished) told.failure = finished.error().message;
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 16;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);

  const Told whole = told(text, std::max<std::size_t>(1, text.size()), {});
  const Told pieces = told(text, piece, {});
  if (whole.tokens != pieces.tokens || whole.failure != pieces.failure) std::abort();

  const stagegate::text::JsonStreamLimits narrow = {4, 3};
  if (told(text, text.size() + 1, narrow).tokens != told(text, piece, narrow).tokens) std::abort();

  const auto value = stagegate::text::parse_json(text);
  const bool twice = !value && value.error().message.ends_with(" is there twice");
  if (!twice && !whole.too_big && value.has_value() != whole.failure.empty()) std::abort();
  return 0;
}
