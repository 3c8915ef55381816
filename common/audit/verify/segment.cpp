#include "common/audit/verify/segment.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

#include "common/audit/record/record.hpp"
#include "common/audit/verify/tiles.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr auto kHex = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> hex{};
  for (std::size_t byte = 0; byte < hex.size(); ++byte) {
    hex[byte] = {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return hex;
}();

// How the next line has to begin. Almost all lines do, and to compare takes a tenth of the time
// that reading takes (verification is to cost no more than twice the hashing).
class ExpectedHead {
 public:
  bool matches(std::string_view line, std::uint64_t seq, const Hash& prev) {
    char* end = std::to_chars(text_.data() + kBegin.size(), text_.data() + text_.size(), seq).ptr;
    end = std::copy(kPrev.begin(), kPrev.end(), end);
    for (const std::uint8_t byte : prev) end = std::copy_n(kHex[byte].begin(), 2, end);
    end = std::copy(kTime.begin(), kTime.end(), end);
    return line.starts_with(
        std::string_view(text_.data(), static_cast<std::size_t>(end - text_.data())));
  }

 private:
  static constexpr std::string_view kBegin = R"({"v":1,"seq":)";
  static constexpr std::string_view kPrev = R"(,"prev":")";
  static constexpr std::string_view kTime = R"(","ts":")";
  std::array<char, 160> text_ = [] {
    std::array<char, 160> text{};
    std::copy(kBegin.begin(), kBegin.end(), text.begin());
    return text;
  }();
};

// For whoever has to find out what happened: when the record says it was written, and for whom.
std::string claimed_by(std::string_view line) {
  const auto record = text::parse_json(line);
  if (!record || record->object() == nullptr) return "";
  std::string words = cat("; it says it was written at ", text::quoted(record->text("ts")));
  if (const text::Json* actor = record->find("operator"); actor != nullptr) {
    words += cat(" for ", text::quoted(actor->text("name")));
  }
  return words;
}

class Walk {
 public:
  Walk(const Layout& layout, const VerifyKey& key, const Claims& claims, const SegmentTask& task,
       Findings& findings)
      : layout_(layout),
        key_(key),
        claims_(claims),
        task_(task),
        findings_(findings),
        file_(cat("records/", layout.segment(task.index).filename().native())),
        tiles_(layout, claims, task, findings),
        tree_(task, claims) {
    if (task.index == 0) last_leaf_ = first_prev(key.name());
  }

  Result<SegmentFacts> run() {
    std::error_code error;
    if (!std::filesystem::exists(layout_.segment(task_.index), error) && !error) {
      there_ = false;
    } else if (auto read = read_lines(); !read) {
      return forward(std::move(read).error());
    }
    finish();
    if (auto compared = tiles_.compare_upper(tree_.tiles()); !compared) {
      return forward(std::move(compared).error());
    }
    if (tiles_.failure()) return forward(*tiles_.failure());
    facts_.peaks = tree_.peaks();
    facts_.last_leaf = last_leaf_;
    facts_.at_claims = std::move(tree_).at_claims();
    return std::move(facts_);
  }

 private:
  // A line whose place is not known before the next one has been seen.
  struct Strange {
    Hash leaf;
    std::string where;
    std::string words;
  };

  std::uint64_t at() const { return tree_.size(); }
  std::string where() const { return cat(file_, ":", number_); }

  Result<> read_lines() {
    auto reader = fs::LineReader::open(layout_.segment(task_.index), kLongestLine);
    if (!reader) return forward(std::move(reader).error());
    for (;;) {
      const auto line = reader->next();
      if (!line) return forward(line.error());
      if (!*line || (*line)->start >= task_.length) return {};
      ++number_;
      if (at() == task_.last) {
        left_over_ = true;
        return {};
      }
      facts_.bytes += (*line)->end - (*line)->start;
      if ((*line)->ended) {
        take((*line)->text, (*line)->too_long);
        end_ = (*line)->end;
      } else {
        torn((*line)->text);
      }
    }
  }

  void take(std::string_view line, bool too_long) {
    if (last_leaf_ && !too_long && expected_.matches(line, at(), *last_leaf_)) {
      const Hash leaf = leaf_hash(line);
      if (is_genuine(at(), leaf)) {
        settle_strange(false);
        last_leaf_ = leaf;
        accept(leaf, {});
        return;
      }
    }
    examine(line, too_long);
  }

  void examine(std::string_view line, bool too_long) {
    const auto stub = parse_stub(line);
    const Hash leaf = stub ? stub->leaf : leaf_hash(line);
    const auto head = stub ? std::nullopt : read_head(line);
    std::optional<std::uint64_t> seq;
    if (head) seq = head->seq;
    if (stub) seq = stub->seq;
    if (head) check_chain(*head);
    last_leaf_ = leaf;
    if (too_long) seq.reset();
    if (seq == at() && is_genuine(at(), leaf)) {
      settle_strange(false);
      accept(leaf, stub);
    } else if (seq && *seq >= task_.first && *seq < task_.last && is_genuine(*seq, leaf)) {
      displaced(*seq, leaf, stub);
    } else {
      settle_strange(true);
      strange_ = Strange{leaf, where(), findings_.full() ? "" : claimed_by(line)};
    }
  }

  // Nothing speaks against it.
  bool is_genuine(std::uint64_t seq, const Hash& leaf) {
    const auto expected = tiles_.leaf(seq);
    if (expected) return *expected == leaf;
    const SlotClaim* slot = claims_.slot(seq);
    return slot == nullptr || slot->leaf == leaf;
  }

  void check_chain(const LineHead& head) {
    if (!last_leaf_) {
      facts_.first = head.seq;
      facts_.first_prev = crypto::parse_hex_hash(head.prev).value_or(Hash{});
    } else if (crypto::parse_hex_hash(head.prev) != last_leaf_) {
      findings_.add(Finding::chain, head.seq, where(),
                    cat("its prev is ", head.prev, ", the hash of what stands before it is ",
                        crypto::hex(*last_leaf_)));
    }
  }

  void accept(const Hash& leaf, const std::optional<Stub>& stub) {
    if (stub) facts_.stubs.push_back(*stub);
    const SlotClaim* slot = claims_.slot(at());
    if (slot != nullptr && slot->leaf != leaf) facts_.odd_slots.push_back(at());
    tree_.push(leaf);
  }

  // A record that stands somewhere else than its number says.
  void displaced(std::uint64_t seq, const Hash& leaf, const std::optional<Stub>& stub) {
    settle_strange(seq > at());
    if (seq < at()) {
      findings_.add(Finding::inserted, seq, where(), cat("record ", seq, " stands here once more"));
      return;
    }
    lack(seq, Finding::deleted, cat("the next line is record ", seq));
    accept(leaf, stub);
  }

  // Decides about the strange line before this one: it stands in a record's place, or between two.
  void settle_strange(bool in_place) {
    if (!strange_) return;
    const Strange strange = std::move(*strange_);
    strange_.reset();
    if (!in_place || at() == task_.last) {
      findings_.add(Finding::inserted, at(), strange.where,
                    cat("this line is no record of the log", strange.words));
      return;
    }
    const auto expected = tiles_.leaf(at());
    const SlotClaim* slot = claims_.slot(at());
    std::string other = "it is no record";
    if (expected && *expected != strange.leaf) {
      other = cat(tiles_.name_for(at()), " was made of ", crypto::hex(*expected));
    } else if (slot != nullptr && slot->leaf != strange.leaf) {
      other = cat("its slot was made of ", crypto::hex(slot->leaf));
    }
    findings_.add(
        Finding::modified, at(), strange.where,
        cat("the line's hash is ", crypto::hex(strange.leaf), ", but ", other, strange.words));
    tree_.push(strange.leaf);
  }

  // Records that are not there; what is known of them elsewhere keeps the tree whole.
  void lack(std::uint64_t until, Finding finding, const std::string& reason) {
    if (at() == until) return;
    findings_.add(finding, at(), where(),
                  until - at() == 1
                      ? cat("record ", at(), " is not there: ", reason)
                      : cat("records ", at(), " to ", until - 1, " are not there: ", reason));
    while (at() < until) push_unseen();
  }

  void push_unseen() {
    const auto expected = tiles_.leaf(at());
    const SlotClaim* slot = claims_.slot(at());
    tree_.push(expected ? *expected : slot != nullptr ? slot->leaf : Hash{});
  }

  // Bytes behind the last newline: the beginning of a line whose writer was killed, or something
  // that somebody else has put there.
  void torn(std::string_view bytes) {
    const auto slot = read_slot_again(layout_, key_, at());
    if (!slot || !slot->line.starts_with(bytes)) left_over_ = true;
  }

  void finish() {
    // A strange line at the end stands in the place of a record, unless that is only behind.
    settle_strange(true);
    const std::uint64_t seen = at();
    // The end may be made again from the slots; what is before these is lost.
    std::uint64_t lost = task_.last;
    while (lost > seen && claims_.slot(lost - 1) != nullptr) --lost;
    if (lost > seen && !there_) {
      lack(lost, Finding::missing_file, "the file is not there");
    } else {
      lack(lost, Finding::truncated, "the file ends before");
    }
    if (seen < task_.last) last_leaf_.reset();
    if (lost == seen) {
      lack(task_.last, Finding::behind,
           "the slots have them; audit-writer repair writes them where they belong");
    } else {
      while (at() < task_.last) push_unseen();
    }
    find_tail();
  }

  void find_tail() {
    const SlotClaim* head = task_.last == task_.first ? nullptr : claims_.slot(task_.last - 1);
    const std::uint64_t committed = head != nullptr ? head->end : end_;
    if (!left_over_ && task_.length <= committed) return;
    const std::uint64_t more = task_.length > committed ? task_.length - committed : 0;
    findings_.add(Finding::foreign_tail, task_.last, file_,
                  cat(more == 0 ? std::string("bytes") : cat(more, " bytes"),
                      " behind the committed end, byte ", std::min(committed, task_.length),
                      "; repair keeps a copy and removes them"));
  }

  const Layout& layout_;
  const VerifyKey& key_;
  const Claims& claims_;
  const SegmentTask& task_;
  Findings& findings_;
  std::string file_;
  SegmentTiles tiles_;
  SegmentTree tree_;
  SegmentFacts facts_;
  std::optional<Hash> last_leaf_;
  std::optional<Strange> strange_;
  ExpectedHead expected_;
  std::uint64_t number_ = 0;  // of the line in the file
  std::uint64_t end_ = 0;     // of the last line
  bool there_ = true;
  bool left_over_ = false;
};

}  // namespace

SegmentTree::SegmentTree(const SegmentTask& task, const Claims& claims) : size_(task.first) {
  std::set<std::uint64_t, std::greater<>> sizes;
  const auto from = std::ranges::upper_bound(claims.roots, task.first, {}, &RootClaim::size);
  for (auto claim = from; claim != claims.roots.end() && claim->size <= task.last; ++claim) {
    sizes.insert(claim->size);
  }
  wanted_.assign(sizes.begin(), sizes.end());
}

void SegmentTree::push(const Hash& leaf) {
  in_tile_.push(leaf);
  if (in_tile_.size() == kTileWidth) {
    tiles_.push_back(in_tile_.root());
    of_tiles_.push(tiles_.back());
    in_tile_ = {};
  }
  ++size_;
  if (!wanted_.empty() && wanted_.back() == size_) {
    at_claims_.push_back({size_, peaks()});
    wanted_.pop_back();
  }
}

std::vector<Hash> SegmentTree::peaks() const {
  std::vector<Hash> peaks = of_tiles_.peaks();
  peaks.insert(peaks.end(), in_tile_.peaks().begin(), in_tile_.peaks().end());
  return peaks;
}

Result<SegmentFacts> walk_segment(const Layout& layout, const VerifyKey& key, const Claims& claims,
                                  const SegmentTask& task, Findings& findings) {
  return Walk(layout, key, claims, task, findings).run();
}

Result<std::optional<SegmentFacts>> sum_up_segment(const Layout& layout, const Claims& claims,
                                                   const SegmentTask& task, Findings& findings) {
  std::error_code error;
  if (!std::filesystem::exists(layout.segment(task.index), error)) return std::nullopt;
  Findings missing(0);
  SegmentTiles tiles(layout, claims, task, missing);
  SegmentTree tree(task, claims);
  while (tree.size() < task.last) {
    const auto leaf = tiles.leaf(tree.size());
    if (!leaf) return std::nullopt;
    tree.push(*leaf);
  }
  SegmentTiles upper(layout, claims, task, findings);
  if (auto compared = upper.compare_upper(tree.tiles()); !compared) {
    return forward(std::move(compared).error());
  }
  SegmentFacts facts;
  facts.peaks = tree.peaks();
  facts.at_claims = std::move(tree).at_claims();
  return facts;
}

}  // namespace stagegate::audit
