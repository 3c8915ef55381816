#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "tests/catch.hpp"

using namespace stagegate::crypto;

TEST_CASE("the examples of FIPS 180 are met") {
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("it does not matter how the bytes come in") {
  const std::string bytes(300, 'x');
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::string_view whole = bytes;
    CHECK(Sha256().update(whole.substr(0, cut)).update(whole.substr(cut)).finish() ==
          sha256(bytes));
  }
}
