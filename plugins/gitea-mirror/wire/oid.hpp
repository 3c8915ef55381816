// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256), kept as bytes and written in hex.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagegate::mirror {

enum class HashFormat : std::uint8_t { sha1, sha256 };

constexpr std::size_t bytes_of(HashFormat format) {
  return format == HashFormat::sha1 ? 20 : 32;
}
// "sha1", "sha256", as the capability object-format has it.
std::string_view name_of(HashFormat format);
std::optional<HashFormat> hash_format_of(std::string_view name);

class Oid {
 public:
  Oid() = default;  // the zero of SHA-1
  // 40 or 64 hexadecimal digits; empty for anything else.
  static std::optional<Oid> parse(std::string_view hex);
  static Oid from_bytes(HashFormat format, const std::uint8_t* bytes);
  // Stands for "no such ref" in the commands of a push.
  static Oid zero(HashFormat format);

  HashFormat format() const { return format_; }
  const std::uint8_t* bytes() const { return bytes_.data(); }
  bool is_zero() const;
  std::string hex() const;
  void append_hex(std::string& out) const;

  bool operator==(const Oid&) const = default;

 private:
  std::array<std::uint8_t, 32> bytes_ = {};
  HashFormat format_ = HashFormat::sha1;
};

}  // namespace stagegate::mirror
