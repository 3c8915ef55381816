// A source's answer to a fetch, in pieces or at once: what is handed on is the beginning of a pack.
// The first byte chooses the version.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "plugins/gitea-mirror/wire/fetch_response.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

struct Read {
  std::string pack;
  std::string lines;
  bool good = true;
  bool done = false;
};

Read read(std::string_view bytes, int version, std::size_t piece) {
  Read result;
  const Sink pack = [&](std::string_view more) -> Result<> {
    demand(!more.empty());
    result.pack += more;
    return {};
  };
  FetchReader reader(version, pack, [&](std::string_view line) {
    demand(!line.empty() && line.find('\n') == std::string_view::npos);
    demand(line.find('\x1b') == std::string_view::npos);
    result.lines += line;
    result.lines += '\n';
  });
  for (; !bytes.empty() && result.good; bytes.remove_prefix(std::min(piece, bytes.size()))) {
    result.good = reader.feed(bytes.substr(0, piece)).has_value();
  }
  demand(reader.side() == Side::source);
  result.done = result.good && reader.finish().has_value();
  demand(reader.pack_bytes() == result.pack.size());
  demand(!result.done || reader.objects().has_value());
  return result;
}

bool knows(std::string_view bytes, int version, std::size_t piece, std::size_t& count) {
  AcknowledgmentReader reader(version, HashFormat::sha1);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (!reader.feed(bytes.substr(0, piece))) return false;
  }
  const auto known = reader.finish();
  count = known ? known->size() : 0;
  return known.has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const int version = data[0] % 2 == 0 ? 2 : 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Read whole = read(bytes, version, size + 1);
  const Read pieces = read(bytes, version, 3);
  demand(whole.good == pieces.good && whole.done == pieces.done);
  demand(whole.pack == pieces.pack && whole.lines == pieces.lines);
  constexpr std::string_view kMagic = "PACK";
  const std::size_t seen = std::min(kMagic.size(), whole.pack.size());
  demand(std::string_view(whole.pack).substr(0, seen) == kMagic.substr(0, seen));
  std::size_t one = 0;
  std::size_t other = 0;
  demand(knows(bytes, version, size + 1, one) == knows(bytes, version, 3, other) && one == other);
  return 0;
}
