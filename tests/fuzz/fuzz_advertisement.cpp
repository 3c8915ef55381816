// What a server says first, in pieces or at once; what was read of a source and of a target makes a
// plan or is refused. The first byte chooses the service.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "plugins/gitea-mirror/plan/bases.hpp"
#include "plugins/gitea-mirror/plan/plan.hpp"
#include "plugins/gitea-mirror/wire/advertisement.hpp"
#include "plugins/gitea-mirror/wire/fetch_request.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"

using namespace stagegate;
using namespace stagegate::mirror;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

std::optional<Advertisement> read(std::string_view bytes, Service service, std::size_t piece) {
  AdvertisementReader reader(service, is_branch_or_tag);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (!reader.feed(bytes.substr(0, piece))) return std::nullopt;
  }
  auto advertisement = reader.finish();
  if (!advertisement) return std::nullopt;
  return *std::move(advertisement);
}

void plan(const Snapshot& source, const Snapshot& target, const OidList& haves) {
  const auto made = Plan::make(source, target, {.selection = *Selection::make({}, {"tmp/**"})});
  if (!made) return;
  for (const Change& change : made->updates) demand(!made->update(change).deletes());
  for (const Change& change : made->deletions) demand(made->update(change).deletes());
  demand(bases_of(*made, made->updates, haves).wants.size() <= made->updates.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Service service = data[0] % 2 == 0 ? Service::upload_pack : Service::receive_pack;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(bytes, service, size + 1);
  const auto pieces = read(bytes, service, 3);
  demand(whole.has_value() == pieces.has_value());
  if (!whole) return 0;
  const RefList& refs = whole->snapshot.refs;
  demand(refs.size() == pieces->snapshot.refs.size());
  for (std::size_t at = 0; at < refs.size(); ++at) {
    demand(is_ref_name(refs.name(at)) && is_branch_or_tag(refs.name(at)));
    demand(at == 0 || refs.name(at - 1) < refs.name(at));
    demand(refs.find(refs.name(at)) == at);
  }
  (void)FetchRequest::make(*whole);
  Snapshot empty;
  empty.refs = RefList(refs.format());
  plan(whole->snapshot, empty, whole->haves);
  plan(empty, whole->snapshot, whole->haves);
  plan(whole->snapshot, whole->snapshot, whole->haves);
  return 0;
}
