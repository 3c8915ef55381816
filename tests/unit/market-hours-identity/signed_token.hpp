// An identity provider for tests: its keys, made anew, and what it signs.
#pragma once

#include <memory>
#include <string>

#include "common/text/json.hpp"

struct evp_pkey_st;

namespace stagegate::market_hours {

class Provider {
 public:
  enum class Kind { rsa, weak_rsa, p256, ed25519 };
  Provider(Kind kind, std::string key_id);

  text::Json public_key() const;  // a JWK
  // header.payload.signature, by this key and the algorithm that goes with it.
  std::string sign(const text::Json& claims) const;
  std::string sign(const text::Json& header, const text::Json& claims) const;
  text::Json header() const;
  // HMAC-SHA-256 with any secret: what an attacker makes who has only the public key.
  static std::string sign_with_secret(const text::Json& header, const text::Json& claims,
                                      const std::string& secret);
  std::string public_pem() const;

 private:
  std::string signature(const std::string& message) const;
  Kind kind_;
  std::string key_id_;
  std::shared_ptr<evp_pkey_st> key_;
};

std::string key_set(const text::Json::Array& keys);

}  // namespace stagegate::market_hours
