// Version 2's list of refs, in pieces or at once. The first byte chooses the format of object ids.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "plugins/gitea-mirror/wire/ls_refs.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

std::optional<Snapshot> read(std::string_view bytes, HashFormat format, std::size_t piece) {
  LsRefsReader reader(format);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (!reader.feed(bytes.substr(0, piece))) return std::nullopt;
  }
  auto snapshot = reader.finish();
  if (!snapshot) return std::nullopt;
  return *std::move(snapshot);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const HashFormat format = data[0] % 2 == 0 ? HashFormat::sha1 : HashFormat::sha256;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, format, size + 1);
  const auto pieces = read(bytes, format, 3);
  demand(whole.has_value() == pieces.has_value());
  if (!whole) return 0;
  demand(whole->refs.size() == pieces->refs.size());
  demand(whole->head_branch == pieces->head_branch);
  demand(whole->head_branch.empty() || is_ref_name(whole->head_branch));
  for (std::size_t at = 0; at < whole->refs.size(); ++at) {
    demand(is_ref_name(whole->refs.name(at)));
    demand(!whole->refs.oid(at).is_zero());
  }
  return 0;
}
