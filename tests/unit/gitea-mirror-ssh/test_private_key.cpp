#include "common/text/text.hpp"
#include "plugins/gitea-mirror/ssh/ed25519_key.hpp"
#include "plugins/gitea-mirror/ssh/private_key.hpp"
#include "tests/catch.hpp"

using namespace stagegate::mirror;
using stagegate::Failure;
using stagegate::text::replaced;

namespace {

// No keys: what mending looks at is around them. 96 letters are two lines.
const std::string kBody =
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n"
    "c2gtZWQyNTUxOQAAACD/+AAAAAAAAAAA\n";
const std::string kLocked = "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABDT\n";
// The example of RFC 8410, 10.3.
const std::string kOpenSsl =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
const std::string kOldPem =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n"
    "\n"
    "AAAABBBB\n"
    "-----END RSA PRIVATE KEY-----\n";

std::string armoured(std::string_view label, std::string_view body) {
  return stagegate::text::cat("-----BEGIN ", label, "-----\n", body, "-----END ", label, "-----\n");
}

std::string mended(std::string_view given) {
  const auto key = mend_private_key("ssh_key", given);
  return key ? key->pem.text() : "no: " + key.error().message;
}

bool refused(std::string_view given, std::string_view why) {
  const auto key = mend_private_key("ssh_key", given);
  return !key && key.error().kind == Failure::Kind::usage &&
         key.error().message.starts_with("ssh_key: ") &&
         key.error().message.find(why) != std::string::npos;
}

}  // namespace

TEST_CASE("whatever became of its line breaks, a key gets them back") {
  for (const std::string& whole : {armoured("OPENSSH PRIVATE KEY", kBody), kOpenSsl, kOldPem}) {
    CHECK(mended(whole) == whole);
    CHECK(mended(whole.substr(0, whole.size() - 1)) == whole);
    CHECK(mended(replaced(whole, "\n", "\r\n")) == whole);
    CHECK(mended(replaced(whole, "\n", " ")) == whole);
    CHECK(mended(replaced(whole, "\n", "\\n")) == whole);
    CHECK(mended(replaced(whole, "\n", "\\r\\n")) == whole);
    CHECK(mended("'" + replaced(whole, "\n", "\n    ") + "'") == whole);
    CHECK(mended("# my key\n\n" + whole + "\n\n") == whole);
  }
}

TEST_CASE("a key that needs a passphrase is known as such") {
  const auto encrypted = [](const std::string& given) {
    const auto key = mend_private_key("ssh_key", given);
    return key && key->encrypted;
  };
  CHECK_FALSE(encrypted(armoured("OPENSSH PRIVATE KEY", kBody)));
  CHECK(encrypted(armoured("OPENSSH PRIVATE KEY", kLocked)));
  CHECK(encrypted(armoured("ENCRYPTED PRIVATE KEY", "AAAA\n")));
  CHECK(encrypted(kOldPem));
  CHECK(encrypted(replaced(kOldPem, "\n", " ")));
  CHECK_FALSE(encrypted(kOpenSsl));
}

TEST_CASE("what is no private key says what it is instead, and shows none of it") {
  CHECK(refused("", "not a private key (is the secret's newline/quoting intact?)"));
  CHECK(refused("hunter2", "not a private key"));
  CHECK(refused("ssh-ed25519 AAAAC3Nz me@host", "the public key"));
  CHECK(refused(armoured("PUBLIC KEY", "AAAA\n"), "the public key"));
  CHECK(refused(armoured("CERTIFICATE", "AAAA\n"), "certificate"));
  CHECK(refused("PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen"));
  CHECK(refused(armoured("DSA PRIVATE KEY", "AAAA\n"), "DSA"));
  CHECK(refused("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "cut off"));
  CHECK(refused("-----BEGIN OPENSSH PRIVATE KEY", "not a private key"));
  CHECK(refused(armoured("RSA PRIVATE KEY", ""), "is empty"));
  CHECK(refused(std::string(70000, 'x'), "too large"));
  const std::string damaged = armoured("RSA PRIVATE KEY", "AAAA\nhunter2*\n");
  CHECK(refused(damaged, "damaged"));
  CHECK_FALSE(refused(damaged, "hunter2"));
}

TEST_CASE("an Ed25519 key of OpenSSL's becomes one of OpenSSH's") {
  const auto form = openssh_form(kOpenSsl, "");
  REQUIRE(form);
  const std::string again = mended(form->text());
  CHECK(again.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA"));
  const auto key = mend_private_key("ssh_key", again);
  CHECK((key && !key->encrypted));
  CHECK_FALSE(openssh_form(armoured("OPENSSH PRIVATE KEY", kBody), ""));
  CHECK_FALSE(openssh_form(armoured("RSA PRIVATE KEY", "AAAA\n"), ""));
}

TEST_CASE("wiped text goes along when it is moved, and nothing stays behind") {
  Wiped first(std::string("short"));
  Wiped second(std::move(first));
  CHECK(second.text() == "short");
  CHECK(first.text().empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  Wiped third;
  third = std::move(second);
  CHECK(third.text() == "short");
}
