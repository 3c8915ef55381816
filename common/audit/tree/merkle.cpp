#include "common/audit/tree/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace stagegate::audit {
namespace {

using crypto::Sha256;

// RFC 6962 2.1: leaves and nodes are hashed apart, so that no node can be passed off as a leaf.
constexpr std::string_view kLeafPrefix("\0", 1);
constexpr std::string_view kNodePrefix("\1", 1);

// A part of the tree: leaves [begin, end). Every one that the RFC's definitions lead to begins at a
// multiple of the power of two that its length rounds up to.
struct Range {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint64_t length() const { return end - begin; }
  // Where the left half ends: the largest power of two smaller than the length, which is above 1.
  std::uint64_t middle() const { return begin + std::bit_floor(length() - 1); }
};

Result<Hash> root_of(const NodeSource& node, Range range) {
  std::vector<Hash> peaks;
  while (range.length() > 0) {
    const std::uint64_t width = std::bit_floor(range.length());
    auto peak = node(static_cast<unsigned>(std::countr_zero(width)), range.begin / width);
    if (!peak) return peak;
    peaks.push_back(*peak);
    range.begin += width;
  }
  Hash root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i > 0; --i) root = node_hash(peaks[i - 1], root);
  return root;
}

// Walks from the root to a part of the tree; what is left beside the way, from the bottom up, is
// the proof.
class Descent {
 public:
  Descent(const NodeSource& node, std::uint64_t size) : node_(node), range_{0, size} {}

  const Range& range() const { return range_; }
  Result<> to_left() {
    const Range right{range_.middle(), range_.end};
    range_.end = right.begin;
    return leave(right);
  }
  Result<> to_right() {
    const Range left{range_.begin, range_.middle()};
    range_.begin = left.end;
    return leave(left);
  }
  // What is here becomes part of the proof too: the verifier does not know it.
  Result<> stay() { return leave(range_); }
  Proof proof() && {
    std::reverse(beside_.begin(), beside_.end());
    return std::move(beside_);
  }

 private:
  Result<> leave(const Range& part) {
    auto root = root_of(node_, part);
    if (!root) return forward(std::move(root).error());
    beside_.push_back(*root);
    return {};
  }
  const NodeSource& node_;
  Range range_;
  Proof beside_;
};

bool is_right_child(std::uint64_t index) {
  return (index & 1) != 0;
}

}  // namespace

Hash leaf_hash(std::string_view line) {
  return Sha256().update(kLeafPrefix).update(line).finish();
}

Hash node_hash(const Hash& left, const Hash& right) {
  // In one piece: there are as many of these as of records, and each call costs.
  std::array<char, kNodePrefix.size() + 2 * sizeof(Hash)> bytes;
  char* end = std::copy(kNodePrefix.begin(), kNodePrefix.end(), bytes.begin());
  end = std::copy(left.begin(), left.end(), end);
  std::copy(right.begin(), right.end(), end);
  return Sha256().update({bytes.data(), bytes.size()}).finish();
}

Hash empty_root() {
  return crypto::sha256({});
}

std::optional<Frontier> Frontier::of(std::uint64_t size, std::vector<Hash> peaks) {
  if (static_cast<std::size_t>(std::popcount(size)) != peaks.size()) return std::nullopt;
  Frontier frontier;
  frontier.size_ = size;
  frontier.peaks_ = std::move(peaks);
  return frontier;
}

void Frontier::push(const Hash& leaf) {
  Hash peak = leaf;
  for (std::uint64_t left = size_; is_right_child(left); left >>= 1) {
    peak = node_hash(peaks_.back(), peak);
    peaks_.pop_back();
  }
  peaks_.push_back(peak);
  ++size_;
}

Hash Frontier::root() const {
  if (peaks_.empty()) return empty_root();
  Hash root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) root = node_hash(peaks_[i - 1], root);
  return root;
}

Result<Proof> inclusion_proof(const NodeSource& node, std::uint64_t index, std::uint64_t size) {
  Descent descent(node, size);
  while (descent.range().length() > 1) {
    auto step = index < descent.range().middle() ? descent.to_left() : descent.to_right();
    if (!step) return forward(std::move(step).error());
  }
  return std::move(descent).proof();
}

Result<Proof> consistency_proof(const NodeSource& node, std::uint64_t old_size,
                                std::uint64_t size) {
  Descent descent(node, size);
  while (descent.range().end != old_size) {
    auto step = old_size <= descent.range().middle() ? descent.to_left() : descent.to_right();
    if (!step) return forward(std::move(step).error());
  }
  // The old tree itself, whose root the verifier has, needs no hash.
  if (descent.range().begin != 0) {
    auto step = descent.stay();
    if (!step) return forward(std::move(step).error());
  }
  return std::move(descent).proof();
}

bool proves_inclusion(const Proof& proof, const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const Hash& root) {
  if (index >= size) return false;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash hash = leaf;
  for (const Hash& beside : proof) {
    if (last == 0) return false;
    if (is_right_child(node) || node == last) {
      hash = node_hash(beside, hash);
      // The last node of a level that has no neighbour moves up as it is.
      while (!is_right_child(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, beside);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool proves_consistency(const Proof& proof, std::uint64_t old_size, const Hash& old_root,
                        std::uint64_t size, const Hash& root) {
  if (old_size == 0 || old_size > size) return false;
  if (old_size == size) return proof.empty() && old_root == root;
  std::uint64_t node = old_size - 1;
  std::uint64_t last = size - 1;
  while (is_right_child(node)) {
    node >>= 1;
    last >>= 1;
  }
  auto beside = proof.begin();
  // An old tree that is perfect is a node of the new one: its root is where the way up begins.
  const bool perfect = std::has_single_bit(old_size);
  if (!perfect && beside == proof.end()) return false;
  Hash old_hash = perfect ? old_root : *beside++;
  Hash hash = old_hash;
  for (; beside != proof.end(); ++beside) {
    if (last == 0) return false;
    if (is_right_child(node) || node == last) {
      old_hash = node_hash(*beside, old_hash);
      hash = node_hash(*beside, hash);
      while (!is_right_child(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, *beside);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && hash == root;
}

}  // namespace stagegate::audit
