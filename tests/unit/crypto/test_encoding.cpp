#include "common/crypto/encoding.hpp"
#include "common/crypto/random.hpp"
#include "tests/catch.hpp"

using namespace stagegate::crypto;

TEST_CASE("the base64 vectors of RFC 4648 are met in both directions") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64(std::string_view(bytes)) == text);
    CHECK(parse_base64(text) == std::string(bytes));
  }
}

TEST_CASE("every byte survives both alphabets") {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes += static_cast<char>(value);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const std::string part = bytes.substr(bytes.size() - length);
    CHECK(parse_base64(base64(part)) == part);
    CHECK(parse_base64url(base64url(part)) == part);
  }
  CHECK(base64("\xfb\xff\xfe") == "+//+");
  CHECK(base64url("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("base64 has one form: another that would mean the same bytes is refused") {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "Zm9v=", "====", "Zm-_",
                           "Z===", "Zg==Zg=="}) {
    INFO(text);
    CHECK_FALSE(parse_base64(text));
  }
  for (const char* text : {"Zg==", "Zh", "A", "Zm9vA", "+//+", "Zm 9"}) {
    INFO(text);
    CHECK_FALSE(parse_base64url(text));
  }
}

TEST_CASE("a hash is 64 lower-case digits, or 44 characters of base64") {
  const std::string digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
  const auto hash = parse_hex_hash(digits);
  REQUIRE(hash);
  CHECK(hex(*hash) == digits);
  CHECK(parse_base64_hash(base64(*hash)) == hash);
  CHECK_FALSE(parse_hex_hash(digits.substr(1)));
  CHECK_FALSE(parse_hex_hash(digits + "0"));
  std::string upper = digits;
  upper[63] = 'F';
  CHECK_FALSE(parse_hex_hash(upper));
  CHECK_FALSE(parse_base64_hash("AAAA"));
}

TEST_CASE("random bytes are as many as were asked for, and never the same") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(1000).size() == 1000);
  CHECK(random_bytes(16) != random_bytes(16));
}
