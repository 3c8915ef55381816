// Ed25519 signatures (RFC 8032).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stagegate::crypto {

using Ed25519Public = std::array<std::uint8_t, 32>;
using Ed25519Seed = std::array<std::uint8_t, 32>;

Ed25519Public ed25519_public(const Ed25519Seed& seed);
// 64 bytes; the same for the same message and key.
std::string ed25519_sign(const Ed25519Seed& seed, std::string_view message);
bool ed25519_verify(const Ed25519Public& key, std::string_view message, std::string_view signature);

}  // namespace stagegate::crypto
