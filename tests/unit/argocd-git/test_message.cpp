#include "plugins/argocd-sync/git/message.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd::git;

namespace {
const Deed kDeed{"v2", {"v1", "v1"}, {"beta", "alpha"}, {"a.yaml"}};
}

TEST_CASE("a commit message has a first line, trailers, and nothing that is not known") {
  CHECK(commit_message({}, {}, {"v2", {"v1"}, {"beta"}, {"a.yaml"}}) ==
        "Deploy v2 to beta\n\nStagegate-App: beta\n");
  CHECK(commit_message({"Set {tag}\n\nIt was {old} in {file}."}, {"run-7", "paper", "carol"},
                       kDeed) ==
        "Set v2\n\nIt was v1 in a.yaml.\n\nStagegate-Run: run-7\nStagegate-App: beta\n"
        "Stagegate-App: alpha\nStagegate-Stage: paper\nPromoted-By: carol\n");
  CHECK(commit_message({"x", true}, {}, {"v2", {}, {}, {}}) == "x [CI SKIP]\n");
  CHECK(commit_message({"{app}", true}, {"r", "", ""}, kDeed) ==
        "alpha, beta [CI SKIP]\n\nStagegate-Run: r\nStagegate-App: beta\nStagegate-App: alpha\n");
}

TEST_CASE("nothing from outside adds a line to a commit message") {
  const std::string message =
      commit_message({"{app} {old}"}, {"r\nPromoted-By: mallory", "s\r\nx", "carol\n\nevil"},
                     {"v2", {"v\n1"}, {"a\nb"}, {}});
  CHECK(message ==
        "a\\u000ab v\\u000a1\n\nStagegate-Run: r\\u000aPromoted-By: mallory\nStagegate-App: "
        "a\\u000ab\n"
        "Stagegate-Stage: s\\u000d\\u000ax\nPromoted-By: carol\\u000a\\u000aevil\n");
}

TEST_CASE("what a value says in braces is not looked at again") {
  CHECK(commit_message({"{tag}"}, {}, {"{app}", {}, {}, {}}) == "{app}\n");
}

TEST_CASE("a form with words that stand for nothing is refused") {
  const auto words = [](std::string form) {
    const auto checked = check_message({std::move(form)});
    return checked ? std::string("fine") : checked.error().message;
  };
  CHECK(words("") == "fine");
  CHECK(words("{tag} {old} {app} {file}") == "fine");
  CHECK(words("  \n ") == "git_message: a commit needs a first line");
  CHECK(words("{sha}") ==
        "git_message: \"{sha}\" stands for nothing; there are {tag}, {old}, {app}, {file}");
  CHECK_THAT(words("a {tag"), ContainsSubstring("\"{tag\" stands for nothing"));
}
