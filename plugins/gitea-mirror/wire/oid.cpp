#include "plugins/gitea-mirror/wire/oid.hpp"

#include <algorithm>

#include "common/text/percent.hpp"

namespace stagegate::mirror {

std::string_view name_of(HashFormat format) {
  return format == HashFormat::sha1 ? "sha1" : "sha256";
}

std::optional<HashFormat> hash_format_of(std::string_view name) {
  if (name == "sha1") return HashFormat::sha1;
  if (name == "sha256") return HashFormat::sha256;
  return std::nullopt;
}

std::optional<Oid> Oid::parse(std::string_view hex) {
  Oid oid;
  if (hex.size() == 2 * bytes_of(HashFormat::sha256)) oid.format_ = HashFormat::sha256;
  if (hex.size() != 2 * bytes_of(oid.format_)) return std::nullopt;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const auto high = text::hex_value(hex[at]);
    const auto low = text::hex_value(hex[at + 1]);
    if (!high || !low) return std::nullopt;
    oid.bytes_[at / 2] = static_cast<std::uint8_t>(*high * 16 + *low);
  }
  return oid;
}

Oid Oid::from_bytes(HashFormat format, const std::uint8_t* bytes) {
  Oid oid = zero(format);
  std::copy_n(bytes, bytes_of(format), oid.bytes_.begin());
  return oid;
}

Oid Oid::zero(HashFormat format) {
  Oid oid;
  oid.format_ = format;
  return oid;
}

bool Oid::is_zero() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::string Oid::hex() const {
  std::string out;
  append_hex(out);
  return out;
}

void Oid::append_hex(std::string& out) const {
  for (std::size_t at = 0; at < bytes_of(format_); ++at) {
    out += text::kLowerHex[bytes_[at] / 16];
    out += text::kLowerHex[bytes_[at] % 16];
  }
}

}  // namespace stagegate::mirror
