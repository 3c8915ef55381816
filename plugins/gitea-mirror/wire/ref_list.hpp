// The refs of a repository, names and object ids, packed: about 30 bytes a ref and its name, since
// there may be hundreds of thousands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/oid.hpp"

namespace stagegate::mirror {

struct Ref {
  std::string_view name;  // lives as long as the list
  Oid oid;
};

class RefList {
 public:
  static constexpr std::size_t kMost = 2'000'000;
  static constexpr std::size_t kMostBytes = 256u << 20;

  explicit RefList(HashFormat format = HashFormat::sha1) : format_(format) {}

  HashFormat format() const { return format_; }
  std::size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }
  std::string_view name(std::size_t at) const;
  Oid oid(std::size_t at) const;
  Ref operator[](std::size_t at) const { return {name(at), oid(at)}; }

  // Refused (unknown): more refs than there can be, an id of another format, a name that no ref
  // can have.
  Result<> add(std::string_view name, const Oid& oid);
  // By name; a name that is there twice is refused (unknown). find() may be asked from then on.
  Result<> sort();
  std::optional<std::size_t> find(std::string_view name) const;
  // Whether there is a ref "<name>/...": it and a ref of this name cannot be there together.
  bool any_below(std::string_view name) const;

 private:
  std::size_t lower_bound(std::string_view name) const;
  const std::uint8_t* record(std::uint32_t place) const;
  std::string_view name_at(std::uint32_t place) const;

  // A record: the bytes of the id, two bytes for the length of the name, the name. It lies within
  // one block; a place is the number of the block and the offset in it.
  static constexpr std::size_t kBlock = 1u << 16;
  HashFormat format_;
  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::size_t used_ = kBlock;  // of the last block
  std::vector<std::uint32_t> places_;
};

}  // namespace stagegate::mirror
