// The public keys of an identity provider (RFC 7517), and what they have signed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"

struct evp_pkey_st;  // of OpenSSL

namespace stagegate::market_hours {

// What a token may be signed with. No secret keys: whoever can check such a token can make one.
enum class Algorithm : std::uint8_t { rs256, es256, eddsa };
std::string_view name_of(Algorithm algorithm);

class SigningKeys {
 public:
  // Keys for other purposes and of other kinds are passed over; none that is left is a fault, and
  // so is one that is malformed or weak (RSA below 2048 bits).
  static Result<SigningKeys> parse(std::string_view jwks);

  // True when `key_id` is the id of a key for this algorithm and that has signed the message.
  bool signed_by(std::string_view key_id, Algorithm algorithm, std::string_view message,
                 std::string_view signature) const;
  bool knows(std::string_view key_id) const;

 private:
  struct Key {
    std::string id;
    Algorithm algorithm;
    std::shared_ptr<evp_pkey_st> key;
  };
  std::vector<Key> keys_;
};

}  // namespace stagegate::market_hours
