#include "tests/unit/market-hours-identity/signed_token.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "common/crypto/encoding.hpp"
#include "common/crypto/start.hpp"

namespace stagegate::market_hours {
namespace {

using text::Json;

constexpr int kCoordinate = 32;

EVP_PKEY* make(Provider::Kind kind) {
  switch (kind) {
    case Provider::Kind::rsa:
      return EVP_RSA_gen(2048);
    case Provider::Kind::weak_rsa:
      return EVP_RSA_gen(1024);
    case Provider::Kind::p256:
      return EVP_EC_gen("P-256");
    case Provider::Kind::ed25519:
      break;
  }
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

std::string number(EVP_PKEY* key, const char* name, int width = 0) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string bytes(static_cast<std::size_t>(std::max(width, BN_num_bytes(value))), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(value);
  return crypto::base64url(bytes);
}

std::string encoded(const Json& json) {
  return crypto::base64url(json.dump());
}

// Two numbers side by side instead of DER.
std::string raw_of(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string raw(2 * kCoordinate, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(parts), out, kCoordinate);
  BN_bn2binpad(ECDSA_SIG_get0_s(parts), out + kCoordinate, kCoordinate);
  ECDSA_SIG_free(parts);
  return raw;
}

}  // namespace

Provider::Provider(Kind kind, std::string key_id) : kind_(kind), key_id_(std::move(key_id)) {
  crypto::start_openssl();
  key_ = {make(kind), [](EVP_PKEY* key) { EVP_PKEY_free(key); }};
}

Json Provider::public_key() const {
  Json key;
  key.set("kid", key_id_);
  switch (kind_) {
    case Kind::rsa:
    case Kind::weak_rsa:
      return key.set("kty", "RSA")
          .set("n", number(key_.get(), OSSL_PKEY_PARAM_RSA_N))
          .set("e", number(key_.get(), OSSL_PKEY_PARAM_RSA_E));
    case Kind::p256:
      return key.set("kty", "EC")
          .set("crv", "P-256")
          .set("x", number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinate))
          .set("y", number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinate));
    case Kind::ed25519:
      break;
  }
  std::string bytes(kCoordinate, '\0');
  std::size_t length = bytes.size();
  EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length);
  return key.set("kty", "OKP").set("crv", "Ed25519").set("x", crypto::base64url(bytes));
}

Json Provider::header() const {
  const bool rsa = kind_ == Kind::rsa || kind_ == Kind::weak_rsa;
  return Json()
      .set("alg", rsa ? "RS256" : (kind_ == Kind::p256 ? "ES256" : "EdDSA"))
      .set("kid", key_id_);
}

std::string Provider::signature(const std::string& message) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const EVP_MD* digest = kind_ == Kind::ed25519 ? nullptr : EVP_sha256();
  EVP_DigestSignInit(context, nullptr, digest, nullptr, key_.get());
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t length = 0;
  EVP_DigestSign(context, nullptr, &length, bytes, message.size());
  std::string made(length, '\0');
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(made.data()), &length, bytes,
                 message.size());
  made.resize(length);
  EVP_MD_CTX_free(context);
  return kind_ == Kind::p256 ? raw_of(made) : made;
}

std::string Provider::sign(const Json& claims) const {
  return sign(header(), claims);
}

std::string Provider::sign(const Json& header, const Json& claims) const {
  const std::string message = encoded(header) + "." + encoded(claims);
  return message + "." + crypto::base64url(signature(message));
}

std::string Provider::sign_with_secret(const Json& header, const Json& claims,
                                       const std::string& secret) {
  const std::string message = encoded(header) + "." + encoded(claims);
  unsigned char made[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), made, &length);
  return message + "." +
         crypto::base64url({reinterpret_cast<const char*>(made), std::size_t{length}});
}

std::string Provider::public_pem() const {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(out, key_.get());
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(out, &bytes);
  std::string pem(bytes, static_cast<std::size_t>(length));
  BIO_free(out);
  return pem;
}

std::string key_set(const Json::Array& keys) {
  return Json().set("keys", keys).dump();
}

}  // namespace stagegate::market_hours
