// Bytes as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/crypto/sha256.hpp"

namespace stagegate::crypto {

std::string_view bytes_of(const Hash& hash);

std::string hex(std::string_view bytes);  // lower case
std::string hex(const Hash& hash);
// 64 lower-case digits and nothing else.
std::optional<Hash> parse_hex_hash(std::string_view text);

// With padding, and the only accepted form: no line breaks, no stray bits.
std::string base64(std::string_view bytes);
std::string base64(const Hash& hash);
std::optional<std::string> parse_base64(std::string_view text);
std::optional<Hash> parse_base64_hash(std::string_view text);

// The URL-safe alphabet, without padding.
std::string base64url(std::string_view bytes);
std::optional<std::string> parse_base64url(std::string_view text);

}  // namespace stagegate::crypto
