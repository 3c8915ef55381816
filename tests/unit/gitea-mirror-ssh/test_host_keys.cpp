#include "common/crypto/encoding.hpp"
#include "plugins/gitea-mirror/ssh/host_keys.hpp"
#include "plugins/gitea-mirror/ssh/host_pattern.hpp"
#include "tests/catch.hpp"

using namespace stagegate::mirror;
using stagegate::Failure;

namespace {

const std::string kEd25519 =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const std::string kEcdsa =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7"
    "opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";
const std::string kEd25519Print = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
const std::string kEcdsaPrint = "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM";
const std::string kOtherPrint = "SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s";

PinnedKeys pinned(std::string_view text, std::string_view host = "git.example",
                  std::uint16_t port = 22) {
  const auto keys = pinned_keys(text, host, port);
  REQUIRE(keys);
  return *keys;
}

std::size_t count(std::string_view text, std::string_view host = "git.example",
                  std::uint16_t port = 22) {
  return pinned(text, host, port).trusted.size();
}

bool refused(std::string_view text, std::string_view why) {
  const auto keys = pinned_keys(text, "git.example", 22);
  return !keys && keys.error().kind == Failure::Kind::usage &&
         keys.error().message.find(why) != std::string::npos;
}

}  // namespace

TEST_CASE("a key is known by its type and its fingerprint") {
  const auto blob = stagegate::crypto::parse_base64(kEd25519.substr(12));
  const HostKey key = host_key_of(*blob);
  CHECK(key.type == "ssh-ed25519");
  CHECK(key.fingerprint == kEd25519Print);
  CHECK(host_key_of("").type.empty());
  CHECK(host_key_of(std::string_view("\xff\xff\xff\xffx", 5)).type.empty());
}

TEST_CASE("every form of line is read") {
  CHECK(count("git.example " + kEd25519) == 1);
  CHECK(count("git.example " + kEd25519 + " a comment\r\n# git.example:22 SSH-2.0-x\n\n") == 1);
  CHECK(count("a,git.example\t" + kEcdsa) == 1);
  CHECK(count(kEd25519) == 1);
  CHECK(count(kEd25519Print) == 1);
  CHECK(count("git.example " + kEd25519Print) == 1);
  CHECK(count("256 " + kEd25519Print + " github.com (ED25519)") == 1);
  CHECK(count("other.example " + kEd25519) == 0);
  CHECK(count("@cert-authority * " + kEd25519) == 0);
  CHECK(count("git.example ssh-dss AAAAB3NzaC1kc3M=") == 0);  // of a type that cannot be checked
  CHECK(count("") == 0);
}

TEST_CASE("what is neither a key nor a fingerprint is refused with its line") {
  CHECK(refused("git.example " + kEd25519 + "\ngit.example", "line 2"));
  CHECK(refused("git.example ssh-ed25519", "neither"));
  CHECK(refused("git.example ssh-ed25519 AAAA", "neither"));
  CHECK(refused("git.example ssh-rsa " + kEd25519.substr(12), "neither"));
  CHECK(refused("SHA256:abc", "neither"));
  CHECK(refused("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "neither"));
  CHECK(refused("@unknown git.example " + kEd25519, "neither"));
  CHECK(refused(kEd25519Print + "=", "neither"));
  CHECK(refused(std::string((1 << 20) + 1, '\n'), "1 MiB"));
}

TEST_CASE("a name is found as it is, by a pattern and hashed") {
  CHECK(matches_hosts("git.example", "git.example"));
  CHECK(matches_hosts("GIT.example", "git.example"));
  CHECK(matches_hosts("*.example", "git.example"));
  CHECK(matches_hosts("g?t.*", "git.example"));
  CHECK(matches_hosts("**t*e", "git.example"));
  CHECK_FALSE(matches_hosts("*.example", "example"));
  CHECK_FALSE(matches_hosts("git.exampl", "git.example"));
  CHECK_FALSE(matches_hosts("git.example2", "git.example"));
  CHECK_FALSE(matches_hosts("*,!git.example", "git.example"));
  CHECK(matches_hosts("*,!git.example", "other"));
  CHECK_FALSE(matches_hosts("", "git.example"));
  const std::string hashed = "|1|AAECAwQFBgcICQoLDA0ODxAREhM=|ofeWoBPxCZqYoYdPpknNO778Vcc=";
  CHECK(matches_hosts(hashed, "git.example"));
  CHECK_FALSE(matches_hosts(hashed, "git.example2"));
  CHECK_FALSE(matches_hosts("|1|AAAA", "git.example"));
  CHECK_FALSE(matches_hosts("|1|AAAA|AAAA", "git.example"));
}

TEST_CASE("another port has its own line, or the host's") {
  CHECK(count("[git.example]:2222 " + kEd25519, "git.example", 2222) == 1);
  CHECK(count("[git.example]:2222 " + kEd25519, "git.example", 22) == 0);
  CHECK(count("[git.example]:2222 " + kEd25519, "git.example", 2223) == 0);
  CHECK(count("git.example " + kEd25519, "git.example", 2222) == 1);
  const auto both =
      pinned("git.example " + kEd25519 + "\n[git.example]:2222 " + kEcdsa, "git.example", 2222);
  REQUIRE(both.trusted.size() == 1);
  CHECK(both.trusted[0].fingerprint == kEcdsaPrint);
}

TEST_CASE("GitHub's keys are built in, and what is given comes before them") {
  for (const char* host : {"github.com", "GitHub.com", "ssh.github.com"}) {
    const auto keys = pinned("", host);
    REQUIRE(keys.trusted.size() == 2);
    CHECK(keys.trusted[0].fingerprint == kEd25519Print);
    CHECK(keys.trusted[1].fingerprint == kEcdsaPrint);
  }
  CHECK(pinned("github.com " + kEcdsa, "github.com").trusted.size() == 1);
  CHECK(pinned("other " + kEcdsa, "github.com").trusted.size() == 2);
  CHECK(pinned("", "github.com.example").trusted.empty());
}

TEST_CASE("a server is asked for the types that are pinned, and for each when that is not known") {
  CHECK(pinned(kEd25519).askings() == std::vector<std::string>{"ssh-ed25519"});
  CHECK(pinned(kEcdsa + "\n" + kEd25519 + "\n" + kEd25519).askings() ==
        std::vector<std::string>{"ssh-ed25519,ecdsa-sha2-nistp256"});
  const std::vector<std::string> each = {
      "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521",
      "rsa-sha2-512,rsa-sha2-256"};
  CHECK(pinned(kOtherPrint).askings() == each);
  CHECK(PinnedKeys{}.askings().size() == 1);
}

TEST_CASE("a key is known, unknown, changed or revoked") {
  const HostKey shown{"ssh-ed25519", kEd25519Print};
  CHECK(acquaintance(pinned(kEd25519), shown) == Acquaintance::known);
  CHECK(acquaintance(pinned(kEd25519Print), shown) == Acquaintance::known);
  CHECK(acquaintance(pinned(kEcdsa), shown) == Acquaintance::changed);
  CHECK(acquaintance(pinned(""), shown) == Acquaintance::unknown);
  CHECK(acquaintance(pinned(kEd25519 + "\n@revoked * " + kEd25519), shown) ==
        Acquaintance::revoked);
  CHECK(acquaintance(pinned("@revoked [git.example]:2222 " + kEd25519 + "\n" + kEd25519,
                            "git.example", 2222),
                     shown) == Acquaintance::revoked);
}

TEST_CASE("a stranger is told with what was seen and what was expected") {
  const HostKey shown{"ssh-ed25519", kEd25519Print};
  CHECK(stranger("git.example", pinned(""), shown).message ==
        "host key of git.example is " + kEd25519Print +
            " (ssh-ed25519); not in known_hosts. If its owner publishes the same fingerprint, put"
            " that into known_hosts");
  const Failure changed = stranger("git.example", pinned(kEcdsa + "\n" + kOtherPrint), shown);
  CHECK(changed.kind == Failure::Kind::unknown);
  CHECK_FALSE(changed.passing);
  CHECK(changed.message.find("CHANGED: it is " + kEd25519Print + " (ssh-ed25519), expected " +
                             kEcdsaPrint + " (ecdsa-sha2-nistp256) or " + kOtherPrint) !=
        std::string::npos);
  CHECK(stranger("h", pinned("@revoked * " + kEd25519), shown).message.find("revoked") !=
        std::string::npos);
  CHECK(no_pinned_type("h", pinned(kEd25519), "rsa-sha2-512").message.find("it has rsa-sha2-512") !=
        std::string::npos);
}
