#include "plugins/gitea-mirror/wire/oid_list.hpp"

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace stagegate::mirror {
namespace {

template <std::size_t kBytes>
int compare(const void* left, const void* right) {
  return std::memcmp(left, right, kBytes);
}

}  // namespace

Oid OidList::operator[](std::size_t at) const {
  return Oid::from_bytes(format_, bytes_.data() + at * bytes_of(format_));
}

void OidList::add(const Oid& oid) {
  if (oid.format() != format_) throw std::logic_error("object ids of two formats in one list");
  bytes_.insert(bytes_.end(), oid.bytes(), oid.bytes() + bytes_of(format_));
}

void OidList::sort() {
  const std::size_t width = bytes_of(format_);
  if (bytes_.empty()) return;
  std::qsort(bytes_.data(), size(), width, width == 20 ? compare<20> : compare<32>);
  std::size_t end = width;
  for (std::size_t at = width; at < bytes_.size(); at += width) {
    if (std::memcmp(&bytes_[at], &bytes_[end - width], width) == 0) continue;
    std::memmove(&bytes_[end], &bytes_[at], width);
    end += width;
  }
  bytes_.resize(end);
}

bool OidList::contains(const Oid& oid) const {
  const std::size_t width = bytes_of(format_);
  if (bytes_.empty() || oid.format() != format_) return false;
  return std::bsearch(oid.bytes(), bytes_.data(), size(), width,
                      width == 20 ? compare<20> : compare<32>) != nullptr;
}

}  // namespace stagegate::mirror
