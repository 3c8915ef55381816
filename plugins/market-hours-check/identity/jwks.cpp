#include "plugins/market-hours-check/identity/jwks.hpp"

#include <algorithm>
#include <optional>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "common/crypto/encoding.hpp"
#include "common/crypto/start.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;
using text::Json;

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class Type>
using Owned = std::unique_ptr<Type, Free>;
using KeyPointer = std::shared_ptr<evp_pkey_st>;

constexpr std::size_t kCoordinate = 32;  // of a point on P-256, and half of an ES256 signature

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Owned<BIGNUM> number_of(std::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(data_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

KeyPointer shared(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* last) { EVP_PKEY_free(last); }};
}

// Null when OpenSSL does not take it as a key.
KeyPointer key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  KeyPointer key = shared(made);
  const Owned<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, made, nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

std::string member(const Json& json, std::string_view key) {
  return crypto::parse_base64url(json.text(key)).value_or("");
}

KeyPointer rsa_key(const Json& json) {
  const std::string modulus = member(json, "n");
  const std::string exponent = member(json, "e");
  if (modulus.empty() || exponent.empty()) return nullptr;
  const auto n = number_of(modulus);
  const auto e = number_of(exponent);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  auto key = key_from("RSA", builder.get());
  constexpr int kLeastBits = 2048;
  constexpr int kMostBits = 8192;  // checking takes time that grows with the cube of it
  const int bits = key ? EVP_PKEY_get_bits(key.get()) : 0;
  return bits >= kLeastBits && bits <= kMostBits ? key : nullptr;
}

KeyPointer p256_key(const Json& json) {
  const std::string x = member(json, "x");
  const std::string y = member(json, "y");
  if (x.size() != kCoordinate || y.size() != kCoordinate) return nullptr;
  const std::string point = cat('\4', x, y);  // SEC 1: not compressed
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return key_from("EC", builder.get());
}

KeyPointer ed25519_key(const Json& json) {
  constexpr std::size_t kLength = 32;
  const std::string x = member(json, "x");
  if (x.size() != kLength) return nullptr;
  EVP_PKEY* made = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(x), x.size());
  return made == nullptr ? nullptr : shared(made);
}

std::optional<Algorithm> algorithm_for(const Json& json) {
  const auto kind = json.text("kty");
  const auto curve = json.text("crv");
  std::optional<Algorithm> algorithm;
  if (kind == "RSA") algorithm = Algorithm::rs256;
  if (kind == "EC" && curve == "P-256") algorithm = Algorithm::es256;
  if (kind == "OKP" && curve == "Ed25519") algorithm = Algorithm::eddsa;
  const auto purpose = json.text("use");
  const auto only = json.text("alg");
  const bool fits = (purpose.empty() || purpose == "sig") &&
                    (only.empty() || (algorithm && only == name_of(*algorithm)));
  return fits ? algorithm : std::nullopt;
}

KeyPointer key_of(Algorithm algorithm, const Json& json) {
  switch (algorithm) {
    case Algorithm::rs256:
      return rsa_key(json);
    case Algorithm::es256:
      return p256_key(json);
    case Algorithm::eddsa:
      break;
  }
  return ed25519_key(json);
}

// JSON Web Signatures hold the two numbers side by side, OpenSSL wants them in DER.
std::string der_of(std::string_view signature) {
  if (signature.size() != 2 * kCoordinate) return "";
  const Owned<ECDSA_SIG> parts(ECDSA_SIG_new());
  auto r = number_of(signature.substr(0, kCoordinate));
  auto s = number_of(signature.substr(kCoordinate));
  if (!parts || !r || !s || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return "";
  static_cast<void>(r.release());  // they are the signature's now
  static_cast<void>(s.release());
  unsigned char* bytes = nullptr;
  const int length = i2d_ECDSA_SIG(parts.get(), &bytes);
  if (length <= 0) return "";
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return der;
}

bool verify(EVP_PKEY* key, const EVP_MD* digest, std::string_view message,
            std::string_view signature) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context && !signature.empty() &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), data_of(signature), signature.size(), data_of(message),
                          message.size()) == 1;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::rs256:
      return "RS256";
    case Algorithm::es256:
      return "ES256";
    case Algorithm::eddsa:
      break;
  }
  return "EdDSA";
}

Result<SigningKeys> SigningKeys::parse(std::string_view jwks) {
  crypto::start_openssl();
  const auto json = text::parse_json(jwks, {.bytes = 1u << 20, .depth = 16, .values = 10'000});
  if (!json) return usage(cat("no valid JSON: ", json.error().message));
  const Json* list = json->find("keys");
  if (list == nullptr || list->array() == nullptr) {
    return usage("no JSON Web Key Set: it has no list of keys");
  }
  SigningKeys keys;
  for (const Json& entry : *list->array()) {
    const auto algorithm = algorithm_for(entry);
    const std::string id(entry.text("kid"));
    if (!algorithm || id.empty()) continue;
    auto key = key_of(*algorithm, entry);
    if (!key) {
      return usage(cat("the key ", text::quoted(id), " is no ", name_of(*algorithm),
                       " key that can be trusted"));
    }
    keys.keys_.push_back({id, *algorithm, std::move(key)});
  }
  if (keys.keys_.empty()) return usage("it has no key with a kid for RS256, ES256 or EdDSA");
  return keys;
}

bool SigningKeys::knows(std::string_view key_id) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == key_id; });
}

bool SigningKeys::signed_by(std::string_view key_id, Algorithm algorithm, std::string_view message,
                            std::string_view signature) const {
  const std::string der = algorithm == Algorithm::es256 ? der_of(signature) : "";
  return std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) {
    if (key.id != key_id || key.algorithm != algorithm) return false;
    switch (algorithm) {
      case Algorithm::rs256:
        return verify(key.key.get(), EVP_sha256(), message, signature);
      case Algorithm::es256:
        return verify(key.key.get(), EVP_sha256(), message, der);
      case Algorithm::eddsa:
        break;
    }
    return verify(key.key.get(), nullptr, message, signature);
  });
}

}  // namespace stagegate::market_hours
