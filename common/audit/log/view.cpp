#include "common/audit/log/view.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "common/audit/log/store.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/fs/directory.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::size_t kLongestCheckpoint = 16'384;
constexpr std::size_t kLongestSlot = kLongestLine + 16'384;
// What is not visible yet is looked for this often before it counts as gone: about two seconds.
constexpr int kLooks = 12;
constexpr std::chrono::milliseconds kLongestPause{400};

auto conflict(std::string message) {
  return fail(Failure::Kind::conflict, std::move(message));
}

auto damaged(const fs::Path& path, std::string_view what) {
  return conflict(
      cat(path.native(), ": ", what, "; nothing is added to it: run audit-writer verify"));
}

std::uint64_t first_of_segment(std::uint64_t seq) {
  return seq >> kSegmentBits << kSegmentBits;
}

// Empty when it is not there.
Result<std::optional<Slot>> read_slot(const Layout& layout, std::uint64_t seq, const VerifyKey& key,
                                      const OwnWork* own = nullptr) {
  const fs::Path path = layout.slot(seq);
  const auto bytes = fs::read_if_there(path, kLongestSlot);
  if (!bytes) return forward(bytes.error());
  if (!*bytes) return std::nullopt;
  if (own != nullptr && own->slot.seq == seq && own->slot_file == **bytes) return own->slot;
  auto slot = open_slot(**bytes, key);
  if (!slot) return damaged(path, slot.error().message);
  if (slot->seq != seq) return damaged(path, cat("it is the slot of record ", slot->seq));
  return std::move(*slot);
}

// Whether `next` was committed on top of `slot`.
bool follows(const Slot& slot, const Slot& next) {
  Frontier grown = slot.frontier;
  grown.push(next.leaf);
  const bool opens_segment = next.seq % kSegmentLines == 0;
  return next.seq == slot.seq + 1 && grown == next.frontier &&
         next.start == (opens_segment ? 0 : slot.end);
}

std::optional<std::uint64_t> seq_of(std::string_view line) {
  if (const auto head = read_head(line)) return head->seq;
  if (const auto stub = parse_stub(line)) return stub->seq;
  return std::nullopt;
}

auto misplaced(const fs::Path& segment, std::uint64_t seq) {
  return conflict(cat(segment.native(), ": record ", seq,
                      " is not where it was recorded; run audit-writer verify"));
}

Failure lost(const Layout& layout, const VerifyKey& key) {
  const auto bytes = fs::read_if_there(layout.checkpoint(), kLongestCheckpoint);
  if (!bytes) return bytes.error();
  if (!*bytes) {
    return {
        Failure::Kind::conflict,
        cat(layout.checkpoint().native(),
            " is not there, though there is a log.json: it has been lost or taken away; look at "
            "the file server's snapshots, or run audit-writer recover --accept-loss")};
  }
  const auto checkpoint = open_checkpoint(**bytes, key);
  if (!checkpoint) return checkpoint.error();
  return {
      Failure::Kind::conflict,
      cat(layout.slot(checkpoint->size - 1).native(), " is not there: ", checkpoint->size,
          " records have been recorded, and of these the file system has lost record ",
          checkpoint->size - 1,
          " and maybe others; look at the file server's snapshots and at its async setting, run "
          "audit-writer verify, then audit-writer recover --accept-loss")};
}

}  // namespace

// Where records stand in a segment: the whole ones, or those before the first slot.
struct View::Extent {
  fs::Path segment;
  std::uint64_t first;  // record
  std::uint64_t last;   // the one after the last
  std::uint64_t end;    // byte
};

Result<View> View::open(const Layout& layout, const VerifyKey& key, const OwnWork* own) {
  std::chrono::milliseconds pause{1};
  for (int looks = 0; looks < kLooks; ++looks) {
    auto view = look(layout, key, own);
    if (!view) return forward(view.error());
    if (*view) return std::move(**view);
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
  return forward(lost(layout, key));
}

// Empty when something that has to be there is not visible.
Result<std::optional<View>> View::look(const Layout& layout, const VerifyKey& key,
                                       const OwnWork* own) {
  for (const fs::Path& directory : {layout.directory, layout.tail()}) {
    if (auto refreshed = fs::refresh_directory(directory); !refreshed) {
      return forward(refreshed.error());
    }
  }
  auto bytes = fs::read_if_there(layout.checkpoint(), kLongestCheckpoint);
  if (!bytes) return forward(bytes.error());
  if (!*bytes) return std::nullopt;
  const bool is_own = own != nullptr && own->checkpoint == **bytes;
  auto published = is_own ? Checkpoint{key.name(), own->slot.seq + 1, own->slot.frontier.root()}
                          : open_checkpoint(**bytes, key);
  if (!published) return damaged(layout.checkpoint(), published.error().message);
  View view(layout, key, std::move(*published), std::move(**bytes));
  if (view.published_.size > 0) {
    auto last = read_slot(layout, view.published_.size - 1, key, own);
    if (!last) return forward(last.error());
    if (!*last) {
      const auto found = view.follow_from_window();
      if (!found) return forward(found.error());
      return *found ? std::optional(std::move(view)) : std::nullopt;
    }
    if ((*last)->frontier.root() != view.published_.root) {
      return damaged(layout.slot(view.published_.size - 1),
                     "it belongs to another tree than the checkpoint");
    }
    view.take(std::move(**last));
  }
  const auto followed = view.follow();
  if (!followed) return forward(followed.error());
  return view;
}

// From slot to slot, to the newest.
Result<bool> View::follow() {
  for (;;) {
    auto next = read_slot(layout_, size(), key_);
    if (!next) return forward(next.error());
    if (!*next) return true;
    if (const Slot* last = this->last(); last != nullptr && !follows(*last, **next)) {
      return damaged(layout_.slot(size()), "it does not follow the record before it");
    }
    take(std::move(**next));
  }
}

// A writer that was paused between reading the checkpoint and replacing it may have put one back
// that is older than the oldest slot. The newest slots, each following the one before, then say
// where the head is. False: there are none that are newer than the checkpoint.
Result<bool> View::follow_from_window() {
  const auto numbers = slots_there(layout_);
  if (!numbers) return forward(numbers.error());
  if (numbers->empty() || numbers->back() < published_.size) return false;
  for (const std::uint64_t seq : *numbers) {
    if (seq < published_.size) continue;
    auto slot = read_slot(layout_, seq, key_);
    if (!slot) return forward(slot.error());
    if (!*slot) continue;
    // What nothing follows was left by a writer that came too late.
    const bool goes_on = last() != nullptr && follows(*last(), **slot);
    if (!goes_on) slots_.clear();
    take(std::move(**slot));
  }
  return !slots_.empty();
}

void View::take(Slot slot) {
  frontier_ = slot.frontier;
  const std::uint64_t seq = slot.seq;
  slots_.insert_or_assign(seq, std::move(slot));
}

Checkpoint View::head() const {
  return {published_.origin, size(), frontier_.root()};
}

const Slot* View::last() const {
  return slots_.empty() ? nullptr : &slots_.rbegin()->second;
}

Result<std::vector<View::Extent>> View::extents(std::uint64_t from) const {
  std::vector<Extent> found;
  if (slots_.empty()) return found;
  const Slot& first_slot = slots_.begin()->second;
  for (std::uint64_t first = first_of_segment(from); first < first_slot.seq;
       first += kSegmentLines) {
    Extent extent{layout_.segment(first >> kSegmentBits), first, first + kSegmentLines, 0};
    if (extent.last > first_slot.seq) {
      extent.last = first_slot.seq;
      extent.end = first_slot.start;
    } else {
      const auto length = length_of(extent.segment);
      if (!length) return forward(length.error());
      extent.end = *length;
    }
    found.push_back(std::move(extent));
  }
  return found;
}

Result<> View::each(std::uint64_t from, const Visit& visit) const {
  const auto extents = this->extents(from);
  if (!extents) return forward(extents.error());
  for (const Extent& extent : *extents) {
    std::uint64_t seq = extent.first;
    const auto done =
        lines_forwards(extent.segment, extent.end, "", [&](std::string_view line) -> Result<Next> {
          const std::uint64_t here = seq++;
          if (here < from) return Next::go_on;
          if (seq_of(line) != here) return misplaced(extent.segment, here);
          return visit({here, line});
        });
    if (!done) return forward(done.error());
    if (*done == Next::stop) return {};
    if (seq != extent.last) return misplaced(extent.segment, seq);
  }
  for (auto slot = slots_.lower_bound(from); slot != slots_.end(); ++slot) {
    if (visit({slot->first, slot->second.line}) == Next::stop) return {};
  }
  return {};
}

Result<> View::each_with(std::string_view needle, std::uint64_t from, const Visit& visit) const {
  const auto extents = this->extents(from);
  if (!extents) return forward(extents.error());
  for (const Extent& extent : *extents) {
    const auto done = lines_forwards(
        extent.segment, extent.end, needle, [&](std::string_view line) -> Result<Next> {
          const auto seq = seq_of(line);
          if (!seq || *seq < extent.first || *seq >= extent.last) {
            return misplaced(extent.segment, seq.value_or(extent.first));
          }
          return *seq < from ? Next::go_on : visit({*seq, line});
        });
    if (!done) return forward(done.error());
    if (*done == Next::stop) return {};
  }
  for (auto slot = slots_.lower_bound(from); slot != slots_.end(); ++slot) {
    const std::string& line = slot->second.line;
    if (line.find(needle) == std::string::npos) continue;
    if (visit({slot->first, line}) == Next::stop) return {};
  }
  return {};
}

Result<> View::each_backwards(const Visit& visit) const {
  std::uint64_t expected = size();
  bool gap = false;
  auto read =
      each_with_backwards("", std::numeric_limits<std::uint64_t>::max(), [&](const Line& line) {
        gap = line.seq + 1 != expected;
        if (gap) return Next::stop;
        expected = line.seq;
        return visit(line);
      });
  if (gap) return misplaced(layout_.segment((expected - 1) >> kSegmentBits), expected - 1);
  return read;
}

Result<> View::each_with_backwards(std::string_view needle, std::uint64_t bytes,
                                   const Visit& visit) const {
  std::uint64_t left = bytes;
  for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot) {
    const std::string& line = slot->second.line;
    if (left < line.size()) return {};
    left -= line.size();
    if (line.find(needle) == std::string::npos) continue;
    if (visit({slot->first, line}) == Next::stop) return {};
  }
  const auto extents = this->extents(0);
  if (!extents) return forward(extents.error());
  for (auto extent = extents->rbegin(); extent != extents->rend() && left > 0; ++extent) {
    const auto done = lines_backwards(
        extent->segment, extent->end, left, needle, [&](std::string_view line) -> Result<Next> {
          const auto seq = seq_of(line);
          if (!seq || *seq < extent->first || *seq >= extent->last) {
            return misplaced(extent->segment, seq.value_or(extent->first));
          }
          return visit({*seq, line});
        });
    if (!done) return forward(done.error());
    if (*done == Next::stop) return {};
    left -= std::min(left, extent->end);
  }
  return {};
}

Result<std::string> View::line(std::uint64_t seq) const {
  if (seq >= size()) {
    return usage(cat("there is no record ", seq, ": the log has ", size(), " records"));
  }
  std::string found;
  const auto read = each(seq, [&](const Line& line) {
    found = line.text;
    return Next::stop;
  });
  if (!read) return forward(read.error());
  return found;
}

}  // namespace stagegate::audit
