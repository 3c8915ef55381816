// Reading a log as it was at one moment. Nothing is written, a read-only mount will do. Memory does
// not grow with the log.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "common/audit/checkpoint.hpp"
#include "common/audit/layout.hpp"
#include "common/audit/slot.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

struct Line {
  std::uint64_t seq;
  std::string_view text;  // valid during the visit
};

enum class Next : std::uint8_t { go_on, stop };
using Visit = std::function<Next(const Line&)>;

class View {
 public:
  // Finds the head: the checkpoint and the slots that were committed after it, each verified with
  // `key`. Directories are refreshed first, because NFS remembers for half a minute that a name is
  // not there. Fails with unknown (not readable, not visible yet) or conflict (tampered with).
  static Result<View> open(const Layout& layout, const VerifyKey& key);

  const Layout& layout() const { return layout_; }
  const Checkpoint& published() const { return published_; }
  std::uint64_t size() const { return frontier_.size(); }
  const Frontier& frontier() const { return frontier_; }
  Checkpoint head() const;
  const Slot* last() const;  // null for a log without records

  // Lines in order from `from`, in [from, size).
  Result<> each(std::uint64_t from, const Visit& visit) const;
  // From the newest to the oldest.
  Result<> each_backwards(const Visit& visit) const;
  // Only lines that hold `needle` somewhere; found without parsing.
  Result<> each_with(std::string_view needle, std::uint64_t from, const Visit& visit) const;
  // One line (usage when there is none with that number).
  Result<std::string> line(std::uint64_t seq) const;

 private:
  View(Layout layout, Checkpoint published) : layout_(std::move(layout)), published_(published) {}
  Layout layout_;
  Checkpoint published_;
  Frontier frontier_;
  // From the checkpoint's last record to the head: what stands in segments may lag behind these.
  std::map<std::uint64_t, Slot> slots_;
};

}  // namespace stagegate::audit
