#include "common/kube/settings.hpp"
#include "tests/catch.hpp"

namespace stagegate::kube {
namespace {

Result<Config> named(const std::string& url) {
  return cluster({.kube_api = url, .kube_token_path = "/token", .kube_ca = "/ca.crt"});
}

TEST_CASE("a cluster that is named is asked as the settings say") {
  const auto config = named("https://10.43.0.1:6443/");
  REQUIRE(config);
  CHECK(config->url == "https://10.43.0.1:6443");
  CHECK(config->token_file == "/token");
  CHECK(config->ca_file == "/ca.crt");
  CHECK(named("https://kube.example.com"));
}

TEST_CASE("a token goes over TLS, or no further than this machine") {
  for (const char* here : {"http://127.0.0.1:8001", "http://localhost:8001", "http://[::1]:8001"}) {
    CHECK(named(here));
  }
  for (const char* elsewhere : {"http://10.43.0.1:8001", "http://localhost.example.com",
                                "http://127.0.0.1.example.com", "http://127.1.example.com"}) {
    CAPTURE(elsewhere);
    const auto config = named(elsewhere);
    REQUIRE_FALSE(config);
    CHECK(config.error().kind == Failure::Kind::usage);
    CHECK(config.error().message.find("not sent without TLS") != std::string::npos);
  }
}

TEST_CASE("only the address of the API is one") {
  for (const char* wrong : {"10.43.0.1", "ftp://10.43.0.1", "https://10.43.0.1/apis",
                            "https://10.43.0.1?x=y", "https://user:word@10.43.0.1"}) {
    CAPTURE(wrong);
    const auto config = named(wrong);
    REQUIRE_FALSE(config);
    CHECK(config.error().kind == Failure::Kind::usage);
    CHECK(config.error().message.starts_with("kube_api: "));
  }
}

TEST_CASE("a token without an address is a mistake") {
  const auto config = cluster({.kube_api = {}, .kube_token_path = "/token", .kube_ca = {}});
  REQUIRE_FALSE(config);
  CHECK(config.error().kind == Failure::Kind::usage);
}

}  // namespace
}  // namespace stagegate::kube
