// Pkt-lines that come in pieces are those that came at once; what was read is written the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/gitea-mirror/wire/pkt_line.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

struct Read {
  bool good = true;
  bool at_boundary = false;
  std::string again;
};

void write(std::string& out, const Pkt& pkt) {
  switch (pkt.kind) {
    case Pkt::Kind::data:
      return append_pkt(out, pkt.data);
    case Pkt::Kind::flush:
      return append_flush(out);
    case Pkt::Kind::delimiter:
      return append_delimiter(out);
    case Pkt::Kind::response_end:
      out += "0002";
  }
}

Read read(std::string_view bytes, std::size_t piece) {
  Read result;
  PktReader reader;
  const auto each = [&](const Pkt& pkt) -> Result<> {
    write(result.again, pkt);
    return {};
  };
  for (; !bytes.empty() && result.good; bytes.remove_prefix(std::min(piece, bytes.size()))) {
    result.good = reader.feed(bytes.substr(0, piece), each).has_value();
  }
  result.at_boundary = reader.at_boundary();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const Read whole = read(bytes, size + 1);
  const Read pieces = read(bytes, 3);
  if (whole.good != pieces.good || whole.again != pieces.again) std::abort();
  // Lengths may be written with capitals.
  if (whole.good && whole.at_boundary && read(whole.again, size + 1).again != whole.again) {
    std::abort();
  }
  if (whole.good && whole.at_boundary && whole.again.size() != bytes.size()) std::abort();
  return 0;
}
