// Reading a log as it was at one moment. Nothing is written, a read-only mount will do. Memory does
// not grow with the log.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/audit/log/layout.hpp"
#include "common/audit/log/segment.hpp"
#include "common/audit/log/slot.hpp"
#include "common/audit/tree/checkpoint.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Line {
  std::uint64_t seq;
  std::string_view text;  // valid during the visit
};

using Visit = std::function<Next(const Line&)>;

// What a writer has signed itself, as it stands in the files: it need not be verified again.
struct OwnWork {
  std::string checkpoint;
  std::string slot_file;
  Slot slot;
};

class View {
 public:
  // Finds the head: the checkpoint and the slots that were committed after it, each verified with
  // `key`. Directories are refreshed first, because NFS remembers for half a minute that a name is
  // not there. Fails with unknown (not readable) or conflict (tampered with, or what the checkpoint
  // speaks of is not there and does not turn up).
  static Result<View> open(const Layout& layout, const VerifyKey& key,
                           const OwnWork* own = nullptr);

  const Layout& layout() const { return layout_; }
  const VerifyKey& key() const { return key_; }
  const Checkpoint& published() const { return published_; }
  const std::string& published_note() const { return published_note_; }  // as it is in the file
  std::uint64_t size() const { return frontier_.size(); }
  const Frontier& frontier() const { return frontier_; }
  Checkpoint head() const;
  const Slot* last() const;  // null for a log without records
  // The newest records, which the segments may lack still; without a gap, the last is last().
  const std::map<std::uint64_t, Slot>& slots() const { return slots_; }

  // Lines in order from `from`, in [from, size).
  Result<> each(std::uint64_t from, const Visit& visit) const;
  // From the newest to the oldest.
  Result<> each_backwards(const Visit& visit) const;
  // Only lines that hold `needle` somewhere; found without parsing.
  Result<> each_with(std::string_view needle, std::uint64_t from, const Visit& visit) const;
  // The same from the newest to the oldest, in the last `bytes` of the log.
  Result<> each_with_backwards(std::string_view needle, std::uint64_t bytes,
                               const Visit& visit) const;
  // One line (usage when there is none with that number).
  Result<std::string> line(std::uint64_t seq) const;

 private:
  View(Layout layout, VerifyKey key, Checkpoint published, std::string note)
      : layout_(std::move(layout)),
        key_(std::move(key)),
        published_(std::move(published)),
        published_note_(std::move(note)) {}
  static Result<std::optional<View>> look(const Layout& layout, const VerifyKey& key,
                                          const OwnWork* own);
  Result<bool> follow();
  Result<bool> follow_from_window();
  void take(Slot slot);
  struct Extent;
  Result<std::vector<Extent>> extents(std::uint64_t from) const;

  Layout layout_;
  VerifyKey key_;
  Checkpoint published_;
  std::string published_note_;
  Frontier frontier_;
  // From the checkpoint's last record to the head: what stands in segments may lag behind these.
  std::map<std::uint64_t, Slot> slots_;
};

}  // namespace stagegate::audit
