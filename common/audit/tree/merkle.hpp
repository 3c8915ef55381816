// The Merkle tree of RFC 6962: hashes, the frontier that grows with each leaf, and proofs. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "common/crypto/sha256.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

using crypto::Hash;

Hash leaf_hash(std::string_view line);
Hash node_hash(const Hash& left, const Hash& right);
// The root of a tree without leaves.
Hash empty_root();

// What is needed of a tree to add leaves to it and to know its root: the roots of the perfect
// subtrees that it is made of, from the largest (left) to the smallest.
class Frontier {
 public:
  Frontier() = default;
  // Empty when a tree of that size does not have that many peaks.
  static std::optional<Frontier> of(std::uint64_t size, std::vector<Hash> peaks);

  void push(const Hash& leaf);
  Hash root() const;
  std::uint64_t size() const { return size_; }
  const std::vector<Hash>& peaks() const { return peaks_; }
  bool operator==(const Frontier&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

// The root of the perfect subtree that begins at leaf index * 2^level, with 2^level leaves. Its
// failures are those of the proofs: nodes may have to be read.
using NodeSource = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

using Proof = std::vector<Hash>;
// RFC 6962 2.1.1 and 2.1.2. `index` < `size`; 0 < `old_size` <= `size`.
Result<Proof> inclusion_proof(const NodeSource& node, std::uint64_t index, std::uint64_t size);
Result<Proof> consistency_proof(const NodeSource& node, std::uint64_t old_size, std::uint64_t size);

// RFC 9162 2.1.3.2 and 2.1.4.2.
bool proves_inclusion(const Proof& proof, const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const Hash& root);
bool proves_consistency(const Proof& proof, std::uint64_t old_size, const Hash& old_root,
                        std::uint64_t size, const Hash& root);

}  // namespace stagegate::audit
