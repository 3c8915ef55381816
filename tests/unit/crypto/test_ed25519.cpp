#include <algorithm>

#include "common/crypto/ed25519.hpp"
#include "common/crypto/encoding.hpp"
#include "tests/catch.hpp"

using namespace stagegate::crypto;

namespace {

struct Vector {
  const char* seed;
  const char* key;
  std::string message;
  const char* signature;
};

// RFC 8032, section 7.1, TEST 1 to 3.
const Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"}};

}  // namespace

TEST_CASE("the vectors of RFC 8032 are met") {
  for (const Vector& vector : kVectors) {
    const Ed25519Seed seed = parse_hex_hash(vector.seed).value();
    const Ed25519Public key = ed25519_public(seed);
    CHECK(hex(key) == vector.key);
    const std::string signature = ed25519_sign(seed, vector.message);
    CHECK(hex(signature) == vector.signature);
    CHECK(ed25519_verify(key, vector.message, signature));
  }
}

TEST_CASE("a signature is refused for another message, another key, and with any bit changed") {
  const Ed25519Seed seed = parse_hex_hash(kVectors[0].seed).value();
  const Ed25519Public key = ed25519_public(seed);
  const Ed25519Public other = parse_hex_hash(kVectors[1].key).value();
  const std::string signature = ed25519_sign(seed, "promoted");
  CHECK_FALSE(ed25519_verify(key, "promoteD", signature));
  CHECK_FALSE(ed25519_verify(other, "promoted", signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(ed25519_verify(key, "promoted", changed));
  }
}

TEST_CASE("a signature of another length is refused, not read beyond its end") {
  const Ed25519Seed seed = parse_hex_hash(kVectors[0].seed).value();
  const std::string signature = ed25519_sign(seed, "promoted");
  CHECK_FALSE(ed25519_verify(ed25519_public(seed), "promoted", ""));
  CHECK_FALSE(ed25519_verify(ed25519_public(seed), "promoted", signature.substr(0, 63)));
  CHECK_FALSE(ed25519_verify(ed25519_public(seed), "promoted", signature + '\0'));
}
