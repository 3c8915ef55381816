// A list of tags that comes in pieces is the list that came at once; nothing in it is no tag.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/oci/tag_list.hpp"
#include "common/settings/image_tag.hpp"

namespace {

struct Read {
  bool good = false;
  std::vector<std::string> tags;
};

Read read(std::string_view bytes, std::size_t piece) {
  Read result;
  const stagegate::oci::TagSink sink = [&](std::string_view tag) {
    if (!stagegate::settings::is_image_tag(tag)) std::abort();
    result.tags.emplace_back(tag);
  };
  stagegate::oci::TagListReader reader(sink);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (!reader.feed(bytes.substr(0, piece))) return result;
  }
  result.good = reader.finish().has_value();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read(bytes, size + 1);
  const Read pieces = read(bytes, 3);
  if (whole.good != pieces.good) std::abort();
  if (whole.good && whole.tags != pieces.tags) std::abort();
  return 0;
}
