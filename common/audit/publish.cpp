#include "common/audit/publish.hpp"

#include <optional>

#include "common/audit/checkpoint.hpp"
#include "common/audit/store.hpp"
#include "common/audit/stub.hpp"
#include "common/audit/tile.hpp"
#include "common/fs/directory.hpp"

namespace stagegate::audit {

namespace {

// Whether what stands in a slot's place is what is left of its record, and by which record it has
// been redacted.
std::optional<std::uint64_t> redacted_by(const Slot& slot, std::string_view place) {
  if (!place.ends_with('\n')) return std::nullopt;
  place.remove_suffix(1);
  const auto stub = parse_stub(place);
  if (!stub || stub->seq != slot.seq || stub->leaf != slot.leaf) return std::nullopt;
  return stub->by;
}

}  // namespace

Result<> materialise(const View& view) {
  for (const auto& [seq, slot] : view.slots()) {
    const auto place = read_place(view.layout(), slot);
    if (!place) return forward(place.error());
    if (*place == slot.line + "\n") continue;
    // What has been redacted must not come back; what only looks so must.
    const auto by = redacted_by(slot, *place);
    if (by && view.slots().contains(*by)) continue;
    if (auto written = write_line(view.layout(), slot); !written) return written;
  }
  return {};
}

Result<> put_line(const Layout& layout, const Slot& slot) {
  const auto place = read_place(layout, slot);
  if (!place) return forward(place.error());
  // Others may have been quicker with the line, and even with its redaction.
  if (*place == slot.line + "\n" || redacted_by(slot, *place)) return {};
  return write_line(layout, slot);
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
  return staged->replace(layout.checkpoint());
}

Result<> tidy_up(const Layout& layout, const VerifyKey& key, const Step& step) {
  step("tiles");
  const auto view = View::open(layout, key);
  if (!view) return forward(view.error());
  if (auto written = write_tiles(*view, key); !written) return written;
  step("prune");
  return prune(layout, view->published().size);
}

}  // namespace stagegate::audit
