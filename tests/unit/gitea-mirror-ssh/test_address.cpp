#include "plugins/gitea-mirror/ssh/address.hpp"
#include "tests/catch.hpp"

using namespace stagegate::mirror;

namespace {

std::string told(std::string_view text) {
  const auto address = parse_ssh_address(text);
  if (!address) return "no: " + address.error().message;
  return address->user + " " + address->where() + " " + address->path;
}

bool refused(std::string_view text, std::string_view why) {
  const auto address = parse_ssh_address(text);
  return !address && address.error().kind == stagegate::Failure::Kind::usage &&
         address.error().message.find(why) != std::string::npos;
}

}  // namespace

TEST_CASE("an address with a scheme is taken apart as git does it") {
  CHECK(told("ssh://git@git.example/o/r.git") == "git git.example /o/r.git");
  CHECK(told("ssh://git@Git.Example:2222/o/r.git") == "git git.example:2222 /o/r.git");
  CHECK(told("SSH://me@git.example:22/r") == "me git.example /r");
  CHECK(told("ssh://git.example/r") == "git git.example /r");
  CHECK(told("ssh://git@[::1]:2222/r") == "git [::1]:2222 /r");
  CHECK(told("ssh://git@[2001:db8::A]/r") == "git 2001:db8::a /r");
  CHECK(told("ssh://git.example/~me/r%20x%2f") == "git git.example ~me/r x/");
  CHECK(told("ssh://git.example//r") == "git git.example //r");
}

TEST_CASE("a short address is one when a colon comes before the first slash") {
  CHECK(told("git@github.com:o/r.git") == "git github.com o/r.git");
  CHECK(told("github.com:o/r.git") == "git github.com o/r.git");
  CHECK(told("me@git.example:/srv/r%20.git") == "me git.example /srv/r%20.git");
  CHECK(told("git@[::1]:r") == "git ::1 r");
  CHECK(told("[git.example:2222]:r") == "git git.example:2222 r");
  CHECK(told("[me@git.example:2222]:r") == "me git.example:2222 r");
  CHECK(is_ssh_address("git@github.com:o/r.git"));
  CHECK(is_ssh_address("ssh://x"));
  CHECK_FALSE(is_ssh_address("https://git.example:443/o/r"));
  CHECK_FALSE(is_ssh_address("/srv/a:b"));
  CHECK_FALSE(is_ssh_address("o/r"));
}

TEST_CASE("what is no address is refused, and says what would be one") {
  CHECK(refused("ssh://git.example", "no path"));
  CHECK(refused("ssh://git.example/", "no path"));
  CHECK(refused("git@git.example:", "no path"));
  CHECK(refused("ssh:///r", "no host"));
  CHECK(refused("ssh://git@/r", "no host"));
  CHECK(refused("ssh://a b/r", "no host"));
  CHECK(refused("ssh://git.example:0/r", "port"));
  CHECK(refused("ssh://git.example:65536/r", "port"));
  CHECK(refused("ssh://git.example:/r", "port"));
  CHECK(refused("ssh://[::1/r", "not closed"));
  CHECK(refused("ssh://[::1]x/r", "behind its ]"));
  CHECK(refused("ssh://git.example/%zz", "hexadecimal"));
  CHECK(refused("ssh://git.example/%2", "hexadecimal"));
  CHECK(refused("git@[git.example:22]:r", "give the port"));
  CHECK(refused("/srv/r", "no host"));
  CHECK(refused("https://git.example/r", "another kind"));
  CHECK(refused(std::string(3000, 'a') + ":r", "too long"));
  CHECK(refused("ssh://git.example", "expected: ssh://git@HOST:PORT/OWNER/NAME.git"));
}

TEST_CASE("nothing in an address becomes an option or a second line") {
  CHECK(refused("ssh://-oProxyCommand=x/r", "no host"));
  CHECK(refused("ssh://-x@git.example/r", "no name"));
  CHECK(refused("git.example:-r", "begins with a -"));
  CHECK(refused("ssh://git.example/a%0ab", "control characters"));
  CHECK(refused("ssh://git.example/a%00", "control characters"));
  CHECK(refused("git.example:a\nb", "control characters"));
}

TEST_CASE("a password in an address is refused and never shown") {
  const auto address = parse_ssh_address("ssh://me:s3cret@git.example/r");
  REQUIRE_FALSE(address);
  CHECK(address.error().message.find("password") != std::string::npos);
  CHECK(address.error().message.find("s3cret") == std::string::npos);
}

TEST_CASE("a path is one word for the server's shell") {
  CHECK(git_command("git-upload-pack", "/o/r.git") == "git-upload-pack '/o/r.git'");
  CHECK(git_command("g", "it's $(a) `b` \"c\" \\!") == "g 'it'\\''s $(a) `b` \"c\" \\'\\!''");
}
