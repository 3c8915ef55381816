#include "common/audit/care/repair.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "common/audit/care/head_repair.hpp"
#include "common/audit/care/redact.hpp"
#include "common/audit/care/surgery.hpp"
#include "common/audit/care/tile_repair.hpp"
#include "common/audit/log/store.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/lock.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::chrono::seconds kLockWait{10};
constexpr std::size_t kMostQuarantined = std::size_t{64} << 20;

// A piece of evidence: what stood where it should not have.
struct Evidence {
  std::string file;
  std::string sha256;
  std::uint64_t bytes = 0;
  std::string reason;
};

// Lines, one behind the other, that are not those of their slots.
struct Run {
  std::vector<Slot> slots;
  std::string bytes;  // what stands there instead

  std::string whole() const {
    std::string lines;
    for (const Slot& slot : slots) lines += slot.line + "\n";
    return lines;
  }
  // Whether nothing else stands there: it is torn, or a hole in the file.
  bool is_torn() const {
    const auto end = bytes.find_last_not_of('\0');
    return whole().starts_with(std::string_view(bytes).substr(0, end + 1));  // npos + 1 is 0
  }
  std::string words() const {
    const std::uint64_t first = slots.front().seq;
    const std::uint64_t last = slots.back().seq;
    return first == last ? cat("the line of record ", first, " was another one")
                         : cat("the lines of the records ", first, " to ", last, " were others");
  }
};

class Repair {
 public:
  explicit Repair(const Log& log)
      : layout_(log.layout()), signing_key_(log.key()), key_(log.verify_key()) {}

  Result<> run(Repaired& repaired) {
    // For good manners only: what is cut off here and belongs to a record that is being written
    // this moment is written again from its slot.
    const auto lock = fs::FileLock::acquire(layout_.lock(), kLockWait);
    auto slot = make_head_slot_again(layout_, signing_key_);
    if (!slot) return forward(slot.error());
    repaired.slot = *slot;
    if (auto cut = cut_tail(repaired); !cut) return cut;
    if (auto mended = mend_lines(repaired); !mended) return mended;
    const auto view = View::open(layout_, key_);
    if (!view) return forward(view.error());
    return mend_tiles(*view, repaired);
  }

  const std::vector<Evidence>& evidence() const { return evidence_; }

 private:
  // Nothing of a record that has been committed stands behind the end of the newest one.
  Result<> cut_tail(Repaired& repaired) {
    const auto view = View::open(layout_, key_);
    if (!view) return forward(view.error());
    if (view->last() == nullptr) return {};
    const std::uint64_t segment = view->last()->seq >> kSegmentBits;
    std::error_code error;
    const auto length = std::filesystem::file_size(layout_.segment(segment), error);
    const std::uint64_t committed = view->last()->end;
    if (error || length <= committed) return {};
    const std::uint64_t more = length - committed;
    const auto bytes = read_bytes(layout_, segment, committed,
                                  std::min<std::uint64_t>(more, kMostQuarantined + 1));
    if (!bytes) return forward(bytes.error());
    if (bytes->size() > kMostQuarantined) {
      repaired.left.push_back(cat(layout_.segment(segment).native(), ": ", more,
                                  " bytes behind the committed end are more than quarantine takes; "
                                  "move them away by hand"));
      return {};
    }
    if (auto kept = keep(*bytes, cat("tail-", committed), "bytes behind the committed end");
        !kept) {
      return kept;
    }
    if (auto cut = cut_off(layout_, segment, committed); !cut) return cut;
    repaired.cut_off += more;
    return {};
  }

  // From the oldest slot that leads to the newest, so that a segment that is missing grows.
  Result<> mend_lines(Repaired& repaired) {
    const auto view = View::open(layout_, key_);
    if (!view) return forward(view.error());
    if (view->last() == nullptr) return {};
    const auto oldest = oldest_slot(*view->last());
    if (!oldest) return forward(oldest.error());
    Run run;
    for (std::uint64_t seq = *oldest; seq < view->size(); ++seq) {
      auto slot = read_slot(seq);
      if (!slot) return forward(slot.error());
      if (!*slot) continue;  // pruned in the meantime: its line is synced
      auto place = read_standing(layout_, **slot);
      if (!place) return forward(place.error());
      if (seq == *oldest && !place->joins) complain_of_gap(seq, repaired);
      const auto right = is_right(*view, **slot, *place);
      if (!right) return forward(right.error());
      const bool goes_on = !*right && (*slot)->start != 0;
      if (!goes_on) {
        if (auto mended = mend(std::exchange(run, {}), repaired); !mended) return mended;
      }
      if (*right) continue;
      run.bytes += place->bytes;
      run.slots.push_back(std::move(**slot));
    }
    return mend(run, repaired);
  }

  void complain_of_gap(std::uint64_t seq, Repaired& repaired) {
    repaired.left.push_back(
        cat(layout_.segment(seq >> kSegmentBits).native(), ": the lines before record ", seq,
            " are not where they were recorded, and their slots have been removed long ago: put "
            "them back from a snapshot of the file server, or run audit-writer recover "
            "--accept-loss"));
  }

  // Down from the newest, as long as each is the one that the next was built on.
  Result<std::uint64_t> oldest_slot(Slot newer) {
    while (newer.seq > 0) {
      auto older = slot_before(newer);
      if (!older) return forward(older.error());
      if (!*older) break;
      newer = std::move(**older);
    }
    return newer.seq;
  }

  // Empty when there is none that is valid.
  Result<std::optional<Slot>> read_slot(std::uint64_t seq) {
    const auto bytes = fs::read_if_there(layout_.slot(seq));
    if (!bytes) return forward(bytes.error());
    if (!*bytes) return std::nullopt;
    auto slot = open_slot(**bytes, key_);
    if (!slot || slot->seq != seq) return std::nullopt;
    return std::move(*slot);
  }

  // Empty when it is not there, or not the one.
  Result<std::optional<Slot>> slot_before(const Slot& slot) {
    auto before = read_slot(slot.seq - 1);
    if (!before || !*before) return before;
    Frontier grown = (*before)->frontier;
    grown.push(slot.leaf);
    if (grown != slot.frontier) return std::nullopt;
    return before;
  }

  // Where the record stands, or what has been left of it, as a record says.
  Result<bool> is_right(const View& view, const Slot& slot, const Standing& place) {
    if (place.bytes == slot.line + "\n") return true;
    if (!place.bytes.ends_with('\n')) return false;
    const auto stub = parse_stub(std::string_view(place.bytes).substr(0, place.bytes.size() - 1));
    if (!stub || stub->seq != slot.seq || stub->leaf != slot.leaf) return false;
    const auto by = find_redaction(view, slot.seq);
    if (!by) return forward(by.error());
    return *by == stub->by;
  }

  Result<> mend(const Run& run, Repaired& repaired) {
    if (run.slots.empty()) return {};
    if (!run.is_torn()) {
      auto kept = keep(run.bytes, cat("line-", run.slots.front().seq), run.words());
      if (!kept) return kept;
    }
    for (const Slot& slot : run.slots) {
      if (auto written = write(slot); !written) return written;
      repaired.lines.push_back(slot.seq);
    }
    return {};
  }

  // A segment that is missing is made by write_line, one that is full only by overwrite.
  Result<> write(const Slot& slot) {
    std::error_code error;
    const std::uint64_t segment = slot.seq >> kSegmentBits;
    if (!std::filesystem::exists(layout_.segment(segment), error)) {
      return write_line(layout_, slot);
    }
    return overwrite(layout_, segment, slot.start, slot.line + "\n");
  }

  Result<> mend_tiles(const View& view, Repaired& repaired) {
    auto made = make_tiles_again(view);
    if (made) {
      repaired.tiles = std::move(*made);
    } else if (made.error().kind == Failure::Kind::conflict) {
      repaired.left.push_back(made.error().message);
    } else {
      return forward(std::move(made).error());
    }
    return {};
  }

  Result<> keep(const std::string& bytes, std::string_view name, std::string reason) {
    if (auto made = fs::make_directory(layout_.quarantine(), kDirectoryMode); !made) return made;
    const std::string hash = crypto::hex(crypto::sha256(bytes));
    const std::string file = cat(name, "-", hash.substr(0, 16));
    if (auto kept = fs::replace_file(layout_.quarantine() / file, bytes); !kept) return kept;
    evidence_.push_back({cat("quarantine/", file), hash, bytes.size(), std::move(reason)});
    return {};
  }

  const Layout& layout_;
  const SigningKey& signing_key_;
  const VerifyKey& key_;
  std::vector<Evidence> evidence_;
};

Draft draft_of(std::string idem, const std::string& what, const RepairOrder& order) {
  return Draft()
      .set("idem", std::move(idem))
      .set("type", "log")
      .set("event", "recovered")
      .set("operator", json_of(order.who))
      .set("outcome", "success")
      .set("reason", order.reason.empty() ? what : cat(what, ": ", order.reason));
}

Draft draft_of(const Evidence& evidence, const RepairOrder& order) {
  return draft_of(cat("repair:", evidence.file), evidence.reason, order)
      .set("log", text::Json()
                      .set("quarantined_bytes", evidence.bytes)
                      .set("quarantined_sha256", evidence.sha256)
                      .set("quarantine_file", evidence.file));
}

Draft draft_of_slot(std::uint64_t seq, const RepairOrder& order) {
  return draft_of(cat("repair:slot-", seq),
                  cat("the slot of record ", seq,
                      " was missing; it was made again, because the "
                      "lines and the checkpoint agree"),
                  order)
      .set("log", text::Json::Object());
}

}  // namespace

Result<Repaired> repair(Log& log, const RepairOrder& order) {
  Repair work(log);
  Repaired repaired;
  auto done = work.run(repaired);
  // What has been touched is written down also when something else then failed.
  if (repaired.slot) {
    const auto appended = log.append(draft_of_slot(*repaired.slot, order));
    if (!appended) return forward(appended.error());
  }
  for (const Evidence& evidence : work.evidence()) {
    const auto appended = log.append(draft_of(evidence, order));
    if (!appended) return forward(appended.error());
    repaired.quarantined.push_back({evidence.file, evidence.bytes, appended->seq});
  }
  if (!done) return forward(std::move(done).error());
  return repaired;
}

}  // namespace stagegate::audit
