// Many object ids of one format, packed: 20 or 32 bytes each. What a fetch wants and has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plugins/gitea-mirror/wire/oid.hpp"

namespace stagegate::mirror {

class OidList {
 public:
  explicit OidList(HashFormat format = HashFormat::sha1) : format_(format) {}

  HashFormat format() const { return format_; }
  std::size_t size() const { return bytes_.size() / bytes_of(format_); }
  bool empty() const { return bytes_.empty(); }
  Oid operator[](std::size_t at) const;

  // Of the list's own format: anything else is the caller's mistake and thrown (logic_error).
  void add(const Oid& oid);
  void reserve(std::size_t count) { bytes_.reserve(count * bytes_of(format_)); }
  // In the order of their bytes, each once; contains() may be asked from then on.
  void sort();
  bool contains(const Oid& oid) const;

 private:
  HashFormat format_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace stagegate::mirror
