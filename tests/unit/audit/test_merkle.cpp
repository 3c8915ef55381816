#include <bit>

#include "common/audit/tree/merkle.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/file.hpp"
#include "common/text/json.hpp"
#include "tests/catch.hpp"
#include "tests/data.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

std::vector<Hash> some_leaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(std::to_string(i)));
  return leaves;
}

// RFC 6962 2.1, word by word.
Hash recursive_root(const std::vector<Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return empty_root();
  if (end - begin == 1) return leaves[begin];
  const std::size_t middle = begin + std::bit_floor(end - begin - 1);
  return node_hash(recursive_root(leaves, begin, middle), recursive_root(leaves, middle, end));
}

NodeSource nodes_of(const std::vector<Hash>& leaves) {
  return [&leaves](unsigned level, std::uint64_t index) -> Result<Hash> {
    const std::uint64_t begin = index << level;
    const std::uint64_t end = (index + 1) << level;
    if (end > leaves.size()) return unknown("there is no such node");
    return recursive_root(leaves, begin, end);
  };
}

std::vector<Hash> roots_up_to(const std::vector<Hash>& leaves) {
  std::vector<Hash> roots{empty_root()};
  Frontier frontier;
  for (const Hash& leaf : leaves) {
    frontier.push(leaf);
    roots.push_back(frontier.root());
  }
  return roots;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

Proof proof_of(const text::Json& hashes) {
  Proof proof;
  for (const text::Json& hash : *hashes.array()) {
    proof.push_back(crypto::parse_hex_hash(*hash.string()).value());
  }
  return proof;
}

std::uint64_t count_in(const text::Json& object, std::string_view key) {
  return static_cast<std::uint64_t>(object.find(key)->integer().value());
}

// Every way to get one hash of a proof wrong, and proofs that are too long or too short.
std::vector<Proof> tampered(const Proof& proof) {
  std::vector<Proof> changed;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    changed.push_back(proof);
    changed.back()[i][i % 32] ^= 1;
    changed.push_back(proof);
    changed.back().erase(changed.back().begin() + static_cast<std::ptrdiff_t>(i));
  }
  changed.push_back(proof);
  changed.back().push_back(proof.empty() ? empty_root() : proof.back());
  return changed;
}

}  // namespace

TEST_CASE("the RFC 6962 vectors are met: roots, inclusion and consistency") {
  const auto path = tests::data_file("audit-vectors/rfc6962.json");
  if (!path) return;
  const text::Json vectors = text::parse_json(fs::read_file(*path).value()).value();
  std::vector<Hash> leaves;
  for (const text::Json& leaf : *vectors.find("leaves_hex")->array()) {
    leaves.push_back(leaf_hash(from_hex(*leaf.string())));
  }
  const auto roots = roots_up_to(leaves);
  const auto& wanted = *vectors.find("roots_hex")->array();
  REQUIRE(wanted.size() == roots.size());
  for (std::size_t size = 0; size < roots.size(); ++size) {
    CHECK(crypto::hex(roots[size]) == *wanted[size].string());
  }
  for (const text::Json& vector : *vectors.find("inclusion")->array()) {
    const Proof proof = proof_of(*vector.find("path_hex"));
    const std::uint64_t index = count_in(vector, "index");
    const std::uint64_t size = count_in(vector, "size");
    CHECK(inclusion_proof(nodes_of(leaves), index, size) == proof);
    CHECK(proves_inclusion(proof, leaves[index], index, size, roots[size]));
  }
  for (const text::Json& vector : *vectors.find("consistency")->array()) {
    const Proof proof = proof_of(*vector.find("proof_hex"));
    const std::uint64_t old_size = count_in(vector, "old");
    const std::uint64_t size = count_in(vector, "new");
    CHECK(consistency_proof(nodes_of(leaves), old_size, size) == proof);
    CHECK(proves_consistency(proof, old_size, roots[old_size], size, roots[size]));
  }
}

TEST_CASE("the frontier's root is that of the recursive definition, for every size") {
  const auto leaves = some_leaves(2'000);
  const auto roots = roots_up_to(leaves);
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    REQUIRE(roots[size] == recursive_root(leaves, 0, size));
  }
}

TEST_CASE("a frontier is made again from its size and peaks, and from no other number of peaks") {
  Frontier frontier;
  for (const Hash& leaf : some_leaves(300)) {
    frontier.push(leaf);
    CHECK(Frontier::of(frontier.size(), frontier.peaks()) == frontier);
    auto one_more = frontier.peaks();
    one_more.push_back(leaf);
    CHECK_FALSE(Frontier::of(frontier.size(), one_more));
    auto one_less = frontier.peaks();
    one_less.pop_back();
    CHECK_FALSE(Frontier::of(frontier.size(), one_less));
  }
}

TEST_CASE("every record of every tree up to 128 has a proof, and no changed one passes") {
  const auto leaves = some_leaves(128);
  const auto roots = roots_up_to(leaves);
  const auto nodes = nodes_of(leaves);
  bool all_prove = true;
  bool none_forged = true;
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const Proof proof = inclusion_proof(nodes, index, size).value();
      const Hash& root = roots[size];
      all_prove = all_prove && proves_inclusion(proof, leaves[index], index, size, root);
      for (const Proof& changed : tampered(proof)) {
        none_forged = none_forged && !proves_inclusion(changed, leaves[index], index, size, root);
      }
      const std::uint64_t other = (index + 1) % size;
      none_forged =
          none_forged && (size == 1 || !proves_inclusion(proof, leaves[index], other, size, root));
      none_forged = none_forged && !proves_inclusion(proof, leaf_hash("?"), index, size, root);
      none_forged =
          none_forged && !proves_inclusion(proof, leaves[index], index, size, roots[size - 1]);
    }
  }
  CHECK(all_prove);
  CHECK(none_forged);
}

TEST_CASE(
    "every tree up to 128 is proved to grow out of every smaller one, and no changed proof "
    "passes") {
  const auto leaves = some_leaves(128);
  const auto roots = roots_up_to(leaves);
  const auto nodes = nodes_of(leaves);
  bool all_prove = true;
  bool none_forged = true;
  for (std::uint64_t size = 1; size <= leaves.size(); ++size) {
    for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
      const Proof proof = consistency_proof(nodes, old_size, size).value();
      const Hash& old_root = roots[old_size];
      const Hash& root = roots[size];
      all_prove = all_prove && proves_consistency(proof, old_size, old_root, size, root);
      for (const Proof& changed : tampered(proof)) {
        none_forged = none_forged && !proves_consistency(changed, old_size, old_root, size, root);
      }
      none_forged =
          none_forged && !proves_consistency(proof, old_size, roots[old_size - 1], size, root);
      none_forged =
          none_forged && !proves_consistency(proof, old_size, old_root, size, roots[size - 1]);
    }
  }
  CHECK(all_prove);
  CHECK(none_forged);
}

TEST_CASE("no proof makes sense for a record beyond the tree, or for an old tree that is larger") {
  const Hash leaf = leaf_hash("a");
  CHECK(proves_inclusion({}, leaf, 0, 1, leaf));
  CHECK_FALSE(proves_inclusion({}, leaf, 1, 1, leaf));
  CHECK_FALSE(proves_inclusion({}, leaf, 0, 0, leaf));
  CHECK_FALSE(proves_consistency({}, 0, empty_root(), 1, leaf));
  CHECK_FALSE(proves_consistency({}, 2, leaf, 1, leaf));
}

TEST_CASE("a proof fails when a node of it cannot be read, with the reason") {
  const NodeSource broken = [](unsigned, std::uint64_t) -> Result<Hash> {
    return unknown("cannot read the tile");
  };
  CHECK(inclusion_proof(broken, 3, 8).error().message == "cannot read the tile");
  CHECK(consistency_proof(broken, 3, 8).error().message == "cannot read the tile");
}
