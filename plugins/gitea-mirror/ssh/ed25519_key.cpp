#include "plugins/gitea-mirror/ssh/ed25519_key.hpp"

#include <array>
#include <memory>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

constexpr std::string_view kType = "ssh-ed25519";
constexpr std::size_t kHalf = 32;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

// As in all of SSH's formats (RFC 4251, 5).
void put_number(std::string& out, std::size_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}
void put(std::string& out, std::initializer_list<std::string_view> pieces) {
  std::size_t length = 0;
  for (const std::string_view piece : pieces) length += piece.size();
  put_number(out, length);
  for (const std::string_view piece : pieces) out += piece;
}

// OpenSSH's PROTOCOL.key. All of it is shorter than what is reserved, so that no copy is left
// behind.
std::string key_file(std::string_view seed, std::string_view pub) {
  std::string secret;
  secret.reserve(512);
  put_number(secret, 0);  // twice the same number, to see whether decryption went well
  put_number(secret, 0);
  put(secret, {kType});
  put(secret, {pub});
  put(secret, {seed, pub});
  put(secret, {});  // comment
  for (char padding = 1; secret.size() % 8 != 0; ++padding) secret += padding;

  std::string shown;
  put(shown, {kType});
  put(shown, {pub});
  std::string file;
  file.reserve(1024);
  file += std::string_view("openssh-key-v1\0", 15);
  put(file, {"none"});
  put(file, {"none"});
  put(file, {});
  put_number(file, 1);
  put(file, {shown});
  put(file, {secret});
  OPENSSL_cleanse(secret.data(), secret.size());
  return file;
}

}  // namespace

std::optional<Wiped> openssh_form(const std::string& pem, const std::string& passphrase) {
  if (pem.find("OPENSSH PRIVATE KEY") != std::string::npos) return std::nullopt;
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // A passphrase in any case: without one OpenSSL asks a terminal.
  std::string given = passphrase;
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, given.data()));
  OPENSSL_cleanse(given.data(), given.size());
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) return std::nullopt;
  std::array<unsigned char, kHalf> seed{};
  std::array<unsigned char, kHalf> pub{};
  std::size_t seed_size = seed.size();
  std::size_t pub_size = pub.size();
  if (EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &seed_size) != 1 ||
      EVP_PKEY_get_raw_public_key(key.get(), pub.data(), &pub_size) != 1) {
    return std::nullopt;
  }
  const auto view = [](const auto& half) {
    return std::string_view(reinterpret_cast<const char*>(half.data()), half.size());
  };
  const Wiped file(key_file(view(seed), view(pub)));
  OPENSSL_cleanse(seed.data(), seed.size());
  const Wiped base64(crypto::base64(file.text()));
  return Wiped(text::cat("-----BEGIN OPENSSH PRIVATE KEY-----\n", base64.text(),
                         "\n-----END OPENSSH PRIVATE KEY-----\n"));
}

}  // namespace stagegate::mirror
