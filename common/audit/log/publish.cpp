#include "common/audit/log/publish.hpp"

#include <optional>

#include "common/audit/log/store.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/fs/directory.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {

namespace {

using text::cat;

// By which record a slot's record has been redacted, when what stands in its place is what is left
// of it.
std::optional<std::uint64_t> redacted_by(const Slot& slot, const Standing& place) {
  if (!place.joins || !place.bytes.ends_with('\n')) return std::nullopt;
  const auto stub = parse_stub(std::string_view(place.bytes).substr(0, place.bytes.size() - 1));
  if (!stub || stub->seq != slot.seq || stub->leaf != slot.leaf) return std::nullopt;
  return stub->by;
}

// A line is put behind the one before it or nowhere: behind a gap it would hide what is missing.
Result<> put(const Layout& layout, const Slot& slot, const Standing& place) {
  if (place.joins) return write_line(layout, slot);
  return fail(
      Failure::Kind::conflict,
      cat(layout.segment(slot.seq >> kSegmentBits).native(), ": the lines before record ", slot.seq,
          " do not stand where they were recorded: run audit-writer verify, then "
          "audit-writer repair"));
}

}  // namespace

Result<> materialise(const View& view) {
  for (const auto& [seq, slot] : view.slots()) {
    const auto place = read_standing(view.layout(), slot);
    if (!place) return forward(place.error());
    if (place->holds(slot)) continue;
    // What has been redacted must not come back; what only looks so must.
    const auto by = redacted_by(slot, *place);
    if (by && view.slots().contains(*by)) continue;
    if (auto written = put(view.layout(), slot, *place); !written) return written;
  }
  return {};
}

Result<> put_line(const Layout& layout, const Slot& slot) {
  const auto place = read_standing(layout, slot);
  if (!place) return forward(place.error());
  // Others may have been quicker with the line, and even with its redaction.
  if (place->holds(slot) || redacted_by(slot, *place)) return {};
  return put(layout, slot, *place);
}

Result<> publish(const View& view, std::string_view checkpoint, std::uint64_t size) {
  const Layout& layout = view.layout();
  if (auto fresh = fs::refresh_directory(layout.directory); !fresh) return fresh;
  const auto there = fs::read_if_there(layout.checkpoint());
  if (!there) return forward(there.error());
  std::uint64_t published = view.published().size;
  if (*there && **there != view.published_note()) {  // somebody has published since
    const auto newer = open_checkpoint(**there, view.key());
    if (!newer) return forward(newer.error());
    published = newer->size;
  }
  if (published >= size) return {};
  auto staged = Staged::write(layout.directory, checkpoint);
  if (!staged) return forward(staged.error());
  // Not synced: should the power fail, the one before is there, and the slots are ahead of it.
  return staged->replace(layout.checkpoint());
}

Result<> tidy_up(const Layout& layout, const VerifyKey& key, const Step& step) {
  step("tiles");
  const auto view = View::open(layout, key);
  if (!view) return forward(view.error());
  if (auto written = write_tiles(*view, key); !written) return written;
  step("prune");
  // Slots are removed below the checkpoint that is there for good.
  if (auto synced = sync_names(layout.directory); !synced) return synced;
  return prune(layout, view->published().size);
}

}  // namespace stagegate::audit
