#include "common/crypto/ed25519.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>

#include "common/crypto/start.hpp"

namespace stagegate::crypto {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Any 32 bytes are a seed: that OpenSSL does not take them can only be its own trouble.
Key private_key(const Ed25519Seed& seed) {
  start_openssl();
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  if (!key) throw std::runtime_error("OpenSSL has no Ed25519");
  return key;
}

}  // namespace

Ed25519Public ed25519_public(const Ed25519Seed& seed) {
  const Key key = private_key(seed);
  Ed25519Public bytes;
  std::size_t length = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &length) != 1) {
    throw std::runtime_error("OpenSSL gives no public key");
  }
  return bytes;
}

std::string ed25519_sign(const Ed25519Seed& seed, std::string_view message) {
  const Key key = private_key(seed);
  const Context context(EVP_MD_CTX_new());
  std::string signature(64, '\0');
  std::size_t length = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     data_of(message), message.size()) != 1) {
    throw std::runtime_error("OpenSSL does not sign");
  }
  return signature;
}

bool ed25519_verify(const Ed25519Public& key_bytes, std::string_view message,
                    std::string_view signature) {
  start_openssl();
  const Key key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key_bytes.data(), key_bytes.size()));
  const Context context(EVP_MD_CTX_new());
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(message),
                          message.size()) == 1;
}

}  // namespace stagegate::crypto
