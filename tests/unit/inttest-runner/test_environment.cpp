#include "plugins/inttest-runner/child/environment.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::inttest;

namespace {

bool knows_nothing(std::string_view /*value*/) {
  return false;
}

ChildEnvironment only(const std::string& name, const Passage& passage = {}) {
  return child_environment({{name, "x"}}, passage, knows_nothing);
}

}  // namespace

TEST_CASE("what looks like a secret is withheld, and somebody is told") {
  const auto* const name =
      GENERATE("GITEA_TOKEN", "DB_PASSWORD", "db_password", "PGPASSWD", "AWS_SECRET_ACCESS_KEY",
               "OPENAI_API_KEY", "DOCKER_AUTH_CONFIG", "SSH_PRIVATE_KEY", "GPG_PASSPHRASE",
               "DRONE_NETRC_FILE_CONTENT");
  const auto child = only(name);
  CHECK(child.variables.empty());
  CHECK(child.withheld == std::vector<std::string>{name});
}

TEST_CASE("what is needed to work is passed on") {
  const auto* const name =
      GENERATE("PATH", "HOME", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "CI_COMMIT_SHA",
               "AWS_WEB_IDENTITY_TOKEN_FILE", "TOKEN_PATH", "SECRETS_DIR");
  CHECK(only(name).variables.count(name) == 1);
  CHECK(only(name).withheld.empty());
}

TEST_CASE("settings and the clone's credentials are never passed on, and nobody misses them") {
  const auto* const name = GENERATE("PLUGIN_COMMAND", "PLUGIN_PASSWORD", "CI_NETRC_USERNAME");
  const auto child = only(name, {.names = {name}, .more = {}});
  CHECK(child.variables.empty());
  CHECK(child.withheld.empty());
}

TEST_CASE("a value with a known secret in it is withheld whatever its name") {
  const auto knows = [](std::string_view value) { return value == "x"; };
  CHECK(child_environment({{"HARMLESS", "x"}}, {}, knows).withheld ==
        std::vector<std::string>{"HARMLESS"});
}

TEST_CASE("what is named is passed on, and what is set replaces what was there") {
  CHECK(only("DB_PASSWORD", {.names = {"DB_PASSWORD"}, .more = {}}).variables.at("DB_PASSWORD") ==
        "x");
  CHECK(only("STAGE", {.names = {}, .more = {{"STAGE", "beta"}}}).variables.at("STAGE") == "beta");
}
