#include "common/settings/read.hpp"
#include "plugins/argocd-sync/git/settings.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd::git;

namespace {

settings::Environment fine() {
  return {{"PLUGIN_GIT_API", "https://gitea.example.com"},
          {"PLUGIN_GIT_REPO", "stonks/deploy"},
          {"PLUGIN_GIT_TOKEN", " sesame-sesame\n"},
          {"PLUGIN_GIT_FILE", "apps/beta/values.yaml"}};
}

GitSettings read(const settings::Environment& environment) {
  GitSettings git;
  settings::Table table("probe", "p");
  table.verb({.name = "sync"});
  declare_git_settings(table, git, {"sync"});
  const auto invocation = settings::read(table, {{}, environment});
  if (!invocation) FAIL(invocation.error().message);
  return git;
}

std::string refusal(const std::string& name, const std::string& value) {
  auto environment = fine();
  environment[name] = value;
  const GitSettings git = read(environment);
  if (const auto place = git_place(git); !place) return place.error().message;
  const auto plan = git_plan(git, {});
  return plan ? "fine" : plan.error().message;
}

}  // namespace

TEST_CASE("the settings of the Git write-back have useful defaults") {
  const GitSettings git = read(fine());
  const auto place = git_place(git);
  REQUIRE(place);
  CHECK(place->kind == Kind::gitea);
  CHECK(place->branch == "main");
  CHECK(place->token == "sesame-sesame");
  const auto plan = git_plan(git, {"run", "beta", "carol"});
  REQUIRE(plan);
  REQUIRE(plan->keys.size() == 1);
  CHECK(plan->keys[0].text() == "image.tag");
  CHECK(plan->author.promoted_by == "carol");
  CHECK(*plan->file_of("any") == "apps/beta/values.yaml");
  CHECK_FALSE(plan->message.skip_ci);
}

TEST_CASE("an application has its own file, or the one of all") {
  auto environment = fine();
  environment["PLUGIN_GIT_FILES"] = "paper=apps/paper.yaml";
  environment["PLUGIN_GIT_KEY"] = "image.tag,images[name=query-api].newTag";
  const auto plan = git_plan(read(environment), {});
  REQUIRE(plan);
  CHECK(*plan->file_of("paper") == "apps/paper.yaml");
  CHECK(*plan->file_of("beta") == "apps/beta/values.yaml");
  CHECK(plan->keys[1].text() == "images[name=query-api].newTag");
  environment["PLUGIN_GIT_FILE"] = "";
  CHECK(git_plan(read(environment), {})->file_of("beta").error().message ==
        "git_files: names no file for the application \"beta\", and there is no git_file for all");
}

TEST_CASE("what is missing or malformed is named") {
  CHECK_THAT(refusal("PLUGIN_GIT_API", ""), ContainsSubstring("git_api: is missing"));
  CHECK_THAT(refusal("PLUGIN_GIT_REPO", ""), ContainsSubstring("git_repo: is missing"));
  CHECK_THAT(refusal("PLUGIN_GIT_TOKEN", ""), ContainsSubstring("git_token: is missing"));
  CHECK_THAT(refusal("PLUGIN_GIT_FILE", ""), ContainsSubstring("git_file: is missing"));
  for (const char* repository : {"deploy", "a/b/c", "/b", "a/", "../b", "a/b?c", "a b/c"}) {
    INFO(repository);
    CHECK_THAT(refusal("PLUGIN_GIT_REPO", repository), ContainsSubstring("is no OWNER/NAME"));
  }
  for (const char* file : {"/a", "a//b", "../a", "a/./b", "a/", ".git/config", "a\tb"}) {
    INFO(file);
    CHECK_THAT(refusal("PLUGIN_GIT_FILE", file), ContainsSubstring("is no path of a file"));
    CHECK_THAT(refusal("PLUGIN_GIT_FILES", std::string("x=") + file),
               ContainsSubstring("git_files: x"));
  }
  for (const char* branch : {"a b", "-a", "/a", "a/", "a..b", "a//b", "a:b", "a?b", "a^"}) {
    INFO(branch);
    CHECK_THAT(refusal("PLUGIN_GIT_BRANCH", branch), ContainsSubstring("is no name of a branch"));
  }
  CHECK(refusal("PLUGIN_GIT_BRANCH", "release/1.2") == "fine");
  CHECK_THAT(refusal("PLUGIN_GIT_KEY", "a..b"), ContainsSubstring("git_key: the key path"));
  CHECK_THAT(refusal("PLUGIN_GIT_MESSAGE", "{x}"), ContainsSubstring("git_message: "));
  CHECK_THAT(refusal("PLUGIN_GIT_AUTHOR_NAME", "x"), ContainsSubstring("either both or none"));
  const std::string token = refusal("PLUGIN_GIT_TOKEN", "two words-of-it");
  CHECK_THAT(token, ContainsSubstring("git_token: no header can carry it"));
  CHECK_THAT(token, !ContainsSubstring("words-of-it"));
}

TEST_CASE("a token goes over TLS, or no further than this machine") {
  time::ManualClock clock{time::Instant{}};
  const auto open = [&](const std::string& api, bool plain_http) {
    Access access;
    access.plain_http = plain_http;
    const auto hosting = open_hosting({Kind::gitea, api, "o/r", "main", "t"}, access, clock);
    return hosting ? (*hosting)->name() : hosting.error().message;
  };
  CHECK(open("https://gitea.example.com/sub/", false) == "o/r on main");
  CHECK(open("http://127.0.0.1:3000", false) == "o/r on main");
  CHECK(open("http://gitea-http.git.svc:3000", true) == "o/r on main");
  CHECK_THAT(open("http://gitea-http.git.svc:3000", false), ContainsSubstring("set plain_http"));
  CHECK_THAT(open("http://127.0.0.1.example.com", false), ContainsSubstring("without TLS"));
  CHECK_THAT(open("https://x/?a=b", false), ContainsSubstring("without a query"));
  CHECK_THAT(open("gitea.example.com", false), ContainsSubstring("git_api: "));
}
