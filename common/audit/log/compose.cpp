#include "common/audit/log/compose.hpp"

#include <utility>

#include "stagegate/version.hpp"

#include "common/audit/tree/checkpoint.hpp"
#include "common/fs/host.hpp"

namespace stagegate::audit {
namespace {

using std::chrono::milliseconds;
using text::Json;

Json json_of(const Writer& writer) {
  const std::string host = writer.host.empty() ? fs::host_name() : writer.host;
  Json json;
  json.set("tool", writer.tool).set("version", writer.version.empty() ? kVersion : writer.version);
  if (!host.empty()) json.set("host", host);
  return json;
}

Stamp now(const LogOptions& options) {
  if (options.now) return options.now();
  return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

std::optional<Stamp> stamp_of(const std::string& line) {
  const auto head = read_head(line);
  const auto stamp = head ? parse_stamp(head->ts) : usage("");
  return stamp ? std::optional(*stamp) : std::nullopt;
}

}  // namespace

Result<Slot> compose(const Draft& draft, const Slot* last, const SigningKey& key,
                     const LogOptions& options) {
  Slot slot;
  Place place;
  place.ts = now(options);
  place.writer = json_of(options.writer);
  place.prev = first_prev(key.verify_key().name());
  if (last != nullptr) {
    slot.seq = place.seq = last->seq + 1;
    slot.start = slot.seq % kSegmentLines == 0 ? 0 : last->end;
    slot.frontier = last->frontier;
    place.prev = last->leaf;
    place.previous_ts = stamp_of(last->line);
  }
  auto line = compose_line(draft, place);
  if (!line) return forward(line.error());
  slot.line = std::move(*line);
  slot.end = slot.start + slot.line.size() + 1;
  slot.leaf = leaf_hash(slot.line);
  slot.frontier.push(slot.leaf);
  return slot;
}

Appended told(const Slot& slot, const SigningKey& key) {
  Appended appended;
  appended.seq = slot.seq;
  appended.size = slot.seq + 1;
  appended.root = slot.frontier.root();
  appended.line = slot.line;
  appended.checkpoint =
      sign_checkpoint({key.verify_key().name(), appended.size, appended.root}, key);
  return appended;
}

}  // namespace stagegate::audit
