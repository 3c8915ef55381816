#include "plugins/gitea-mirror/wire/ref_list.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "common/text/text.hpp"
#include "plugins/gitea-mirror/wire/ref_name.hpp"

namespace stagegate::mirror {

const std::uint8_t* RefList::record(std::uint32_t place) const {
  return blocks_[place / kBlock].get() + place % kBlock;
}

std::string_view RefList::name_at(std::uint32_t place) const {
  const std::uint8_t* length = record(place) + bytes_of(format_);
  return {reinterpret_cast<const char*>(length + 2), length[0] * std::size_t{256} + length[1]};
}

std::string_view RefList::name(std::size_t at) const {
  return name_at(places_[at]);
}

Oid RefList::oid(std::size_t at) const {
  return Oid::from_bytes(format_, record(places_[at]));
}

Result<> RefList::add(std::string_view name, const Oid& oid) {
  if (!is_ref_name(name)) {
    return unknown(text::cat("a ref is called ", text::quoted(name), ", which git does not allow"));
  }
  if (oid.format() != format_) {
    return unknown(text::cat(name, " has an object id that is not ", name_of(format_)));
  }
  const std::size_t width = bytes_of(format_);
  const std::size_t size = width + 2 + name.size();
  if (places_.size() >= kMost || blocks_.size() * kBlock + size > kMostBytes) {
    return unknown(text::cat("there are more refs than can be mirrored (", kMost, ", or ",
                             kMostBytes >> 20, " MiB of names)"));
  }
  if (used_ + size > kBlock) {
    blocks_.emplace_back(new std::uint8_t[kBlock]);
    used_ = 0;
  }
  std::uint8_t* to = blocks_.back().get() + used_;
  std::memcpy(to, oid.bytes(), width);
  to[width] = static_cast<std::uint8_t>(name.size() / 256);
  to[width + 1] = static_cast<std::uint8_t>(name.size() % 256);
  std::memcpy(to + width + 2, name.data(), name.size());
  places_.push_back(static_cast<std::uint32_t>((blocks_.size() - 1) * kBlock + used_));
  used_ += size;
  return {};
}

Result<> RefList::sort() {
  const auto before = [this](std::uint32_t left, std::uint32_t right) {
    return name_at(left) < name_at(right);
  };
  // Git sends them sorted.
  if (!std::is_sorted(places_.begin(), places_.end(), before)) {
    std::sort(places_.begin(), places_.end(), before);
  }
  for (std::size_t at = 1; at < size(); ++at) {
    if (name(at) == name(at - 1)) return unknown(text::cat(name(at), " is listed twice"));
  }
  return {};
}

std::size_t RefList::lower_bound(std::string_view name) const {
  const auto place = std::lower_bound(
      places_.begin(), places_.end(), name,
      [this](std::uint32_t left, std::string_view right) { return name_at(left) < right; });
  return static_cast<std::size_t>(place - places_.begin());
}

std::optional<std::size_t> RefList::find(std::string_view name) const {
  const std::size_t at = lower_bound(name);
  if (at == size() || this->name(at) != name) return std::nullopt;
  return at;
}

bool RefList::any_below(std::string_view name) const {
  const std::string folder = text::cat(name, "/");
  const std::size_t at = lower_bound(folder);
  return at < size() && this->name(at).substr(0, folder.size()) == folder;
}

}  // namespace stagegate::mirror
