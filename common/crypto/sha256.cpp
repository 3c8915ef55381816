#define OPENSSL_SUPPRESS_DEPRECATED
#include "common/crypto/sha256.hpp"

namespace stagegate::crypto {

Sha256::Sha256() {
  SHA256_Init(&context_);
}

Sha256& Sha256::update(std::string_view bytes) {
  SHA256_Update(&context_, bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update(const Hash& hash) {
  SHA256_Update(&context_, hash.data(), hash.size());
  return *this;
}

Hash Sha256::finish() {
  Hash hash;
  SHA256_Final(hash.data(), &context_);
  return hash;
}

Hash sha256(std::string_view bytes) {
  return Sha256().update(bytes).finish();
}

}  // namespace stagegate::crypto
