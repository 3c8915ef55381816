#include "plugins/gitea-mirror/ssh/wording.hpp"
#include "tests/catch.hpp"

using namespace stagegate::mirror;

namespace {

std::string why(const char* errors, std::optional<int> status = 128, std::string signal = "") {
  return ended_early("git.example", "o/r.git", {status, std::move(signal), errors}).message;
}

bool says(const std::string& message, std::string_view piece) {
  return message.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("a repository that is not there is told, whichever server says it") {
  for (const char* errors :
       {"fatal: '/o/r.git' does not appear to be a git repository\n",
        "ERROR: Repository not found.\n", "Gitea: Cannot find repository: o/r\n",
        "ERROR: The project you were looking for could not be found\n"}) {
    CHECK(says(why(errors),
               "git.example: no such repository \"o/r.git\", or no access to it. It says: "));
  }
}

TEST_CASE("a deploy key that may only read is told, whichever server says it") {
  for (const char* errors :
       {"ERROR: The key you are authenticating with has been marked as read only.\n",
        "ERROR: Permission to o/r.git denied to deploy key\n",
        "ERROR: This deploy key does not have write access to this project.\n",
        "Gitea: Deploy Key: 1:k is not authorized to write o/r.\n"}) {
    CHECK(says(why(errors, 1), "may only read \"o/r.git\": allow it to write"));
  }
  CHECK(says(why("ERROR: Permission to o/r.git denied to somebody.\n"), "has no right to do this"));
}

TEST_CASE("other endings are told with status or signal and the server's words, made harmless") {
  CHECK(why("sh: 1: git-upload-pack: not found\n", 127) ==
        "git.example: there is no git on the server. It says: sh: 1: git-upload-pack: not found");
  CHECK(why("a\n\n b \033[0m\n", 3) ==
        "git.example: git on the server ended with status 3. It says: a; b \\u001b[0m");
  CHECK(why("", std::nullopt, "KILL") == "git.example: git on the server was ended by signal KILL");
  CHECK(why("", std::nullopt) == "git.example: git on the server ended without saying how");
  CHECK(why(std::string(5000, 'x').c_str()).size() < 600);
}

TEST_CASE("a broken connection may be tried again, a refused key may not") {
  const auto lost = connection_lost("git.example", 5 << 20, "Socket error: disconnected");
  CHECK(lost.message == "git.example: connection lost after 5 MiB (Socket error: disconnected)");
  CHECK(lost.passing);
  CHECK(connection_lost("h", 12, "").message == "h: connection lost after 12 bytes");
  CHECK(quiet_too_long("h", std::chrono::seconds(600)).message == "no data from h for 10m");
  CHECK(quiet_too_long("h", std::chrono::seconds(600)).passing);
  const auto refused = key_refused("git.example", "git", "SHA256:x");
  CHECK(refused.message ==
        "git.example does not accept key SHA256:x for user git (add it as deploy key with write "
        "access)");
  CHECK_FALSE(refused.passing);
  CHECK(not_connected("h", "no route", true).message == "cannot connect to h over SSH: no route");
}
