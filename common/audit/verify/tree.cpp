#include "common/audit/verify/tree.hpp"

#include <map>
#include <utility>

#include "common/audit/verify/tiles.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;
using Source = RootClaim::Source;

// Of peaks from left to right.
Hash fold(const std::vector<Hash>& peaks) {
  if (peaks.empty()) return empty_root();
  Hash root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i > 0; --i) root = node_hash(peaks[i - 1], root);
  return root;
}

std::vector<Hash> joined(std::vector<Hash> left, const std::vector<Hash>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

class Tree {
 public:
  // Segments are perfect trees, all but the last: their roots are pushed like leaves.
  Tree(const std::vector<SegmentTask>& tasks, const std::vector<SegmentFacts>& facts) {
    Frontier before;
    std::vector<Hash> peaks;
    roots_[0] = empty_root();
    for (std::size_t i = 0; i < facts.size(); ++i) {
      for (const PeaksAt& at : facts[i].at_claims) {
        roots_[at.size] = fold(joined(before.peaks(), at.peaks));
      }
      peaks = joined(before.peaks(), facts[i].peaks);
      if (tasks[i].last - tasks[i].first < kSegmentLines) break;
      segments_.push_back(fold(facts[i].peaks));
      before.push(segments_.back());
    }
    root_ = fold(peaks);
  }

  const Hash& root() const { return root_; }
  // The sizes are those of the claims.
  const Hash& root_at(std::uint64_t size) const { return roots_.at(size); }
  // The roots of the full segments.
  const std::vector<Hash>& segments() const { return segments_; }

 private:
  std::map<std::uint64_t, Hash> roots_;
  std::vector<Hash> segments_;
  Hash root_;
};

// The first line of a segment speaks of the last one of the segment before it.
void compare_seams(const Layout& layout, const std::vector<SegmentTask>& tasks,
                   const std::vector<SegmentFacts>& facts, Findings& findings) {
  for (std::size_t i = 1; i < facts.size(); ++i) {
    const Hash& prev = facts[i].first_prev;
    const auto& leaf = facts[i - 1].last_leaf;
    if (!facts[i].first || !leaf || prev == *leaf) continue;
    findings.add(Finding::chain, facts[i].first,
                 cat("records/", layout.segment(tasks[i].index).filename().native(), ":1"),
                 cat("its prev is ", crypto::hex(prev),
                     ", the hash of the last line of the segment before is ", crypto::hex(*leaf)));
  }
}

// Tiles of tiles of segments: from 16 million records on.
Result<> compare_upper_tiles(const Layout& layout, const Claims& claims, std::vector<Hash> nodes,
                             Findings& findings) {
  for (unsigned level = 2; nodes.size() >= kTileWidth; ++level) {
    std::vector<Hash> above;
    for (std::uint64_t index = 0; (index + 1) * kTileWidth <= nodes.size(); ++index) {
      const auto begin = nodes.begin() + static_cast<std::ptrdiff_t>(index * kTileWidth);
      const Tile made(begin, begin + static_cast<std::ptrdiff_t>(kTileWidth));
      const auto tile = expect_tile(layout, claims, level, index, findings);
      if (!tile) return forward(tile.error());
      if (*tile && **tile != made) {
        findings.add(Finding::modified, index << (kTileLevels * (level + 1)),
                     layout.tile(level, index).lexically_relative(layout.directory).native(),
                     "it is not what the records below it make");
      }
      Frontier frontier;
      for (const Hash& node : made) frontier.push(node);
      above.push_back(frontier.root());
    }
    nodes = std::move(above);
  }
  return {};
}

class RootComparison {
 public:
  RootComparison(const Claims& claims, const Tree& tree, Findings& findings)
      : claims_(claims), tree_(tree), findings_(findings) {
    const auto head = claims.head_root();
    whole_ = head && *head == tree.root_at(claims.size());
  }

  // The tree that is there is the newest one that the log's own notes speak of.
  bool whole() const { return whole_; }

  void run() {
    for (const RootClaim& claim : claims_.roots) {
      if (claim.size > claims_.size()) {
        rolled_back(claim, cat("the log has ", claims_.size(), " records, but ", claim.size,
                               " had been signed"));
      } else if (tree_.root_at(claim.size) != claim.root) {
        differs(claim);
      }
    }
    if (first_ == nullptr) return;
    findings_.add(Finding::root_mismatch, seq_of(*first_), first_->where,
                  cat("the signed root of the first ", first_->size, " records is ",
                      crypto::base64(first_->root), ", what is there makes ",
                      crypto::base64(tree_.root_at(first_->size)),
                      more_ == 0 ? "" : cat("; so do ", more_, " later ones differ")));
  }

 private:
  static std::uint64_t seq_of(const RootClaim& claim) {
    return claim.size == 0 ? 0 : claim.size - 1;
  }

  void rolled_back(const RootClaim& claim, std::string message) {
    findings_.add(Finding::rolled_back, seq_of(claim), claim.where, std::move(message));
  }

  void differs(const RootClaim& claim) {
    const bool same_size = claims_.checkpoint && claims_.checkpoint->size == claim.size;
    if (!whole_) {
      if (first_ == nullptr) {
        first_ = &claim;
      } else {
        ++more_;
      }
    } else if (claim.source == Source::slot) {
      findings_.add(Finding::stray_slot, seq_of(claim), claim.where,
                    "a writer that came too late was killed here; it has not recorded anything");
    } else if (claim.source == Source::checkpoint) {
      findings_.add(Finding::forked, seq_of(claim), claim.where,
                    cat("it is signed, but the tree of ", claim.size,
                        " records that newer slots have been built on is another one"));
    } else if (!same_size) {  // else it has been told as two checkpoints of one size
      rolled_back(claim, cat("the log does not begin with the ", claim.size,
                             " records of this checkpoint: it is another one"));
    }
  }

  const Claims& claims_;
  const Tree& tree_;
  Findings& findings_;
  bool whole_;
  const RootClaim* first_ = nullptr;
  std::uint64_t more_ = 0;
};

}  // namespace

Result<Hash> compare_tree(const Layout& layout, const Claims& claims,
                          const std::vector<SegmentTask>& tasks,
                          const std::vector<SegmentFacts>& facts, Findings& findings) {
  compare_seams(layout, tasks, facts, findings);
  const Tree tree(tasks, facts);
  if (auto compared = compare_upper_tiles(layout, claims, tree.segments(), findings); !compared) {
    return forward(std::move(compared).error());
  }
  if (claims.roots.empty()) return tree.root();
  RootComparison comparison(claims, tree, findings);
  comparison.run();
  if (comparison.whole()) return tree.root();
  for (const SegmentFacts& segment : facts) {
    for (const std::uint64_t seq : segment.odd_slots) {
      findings.add(Finding::modified, seq, layout.slot(seq).lexically_relative(layout.directory),
                   "the slot was made of another record than the one that stands in the segment");
    }
  }
  return tree.root();
}

}  // namespace stagegate::audit
