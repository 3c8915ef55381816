// SHA-256, by OpenSSL's own assembly.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <openssl/sha.h>

namespace stagegate::crypto {

using Hash = std::array<std::uint8_t, 32>;

// One computation. The low-level calls are deprecated, but the ones that replace them fetch the
// algorithm for every hash: 3 million small hashes a second instead of 11.
class Sha256 {
 public:
  Sha256();
  Sha256& update(std::string_view bytes);
  Sha256& update(const Hash& hash);
  Hash finish();  // once

 private:
  SHA256_CTX context_;
};

Hash sha256(std::string_view bytes);

}  // namespace stagegate::crypto
