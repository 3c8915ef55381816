#include "common/oci/name.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::oci;

TEST_CASE("a repository is named with its registry, or without where there is a default") {
  CHECK(parse_repository("registry.example:5000/team/risk", {}).value() ==
        Repository{"registry.example:5000", "team/risk"});
  CHECK(parse_repository("team/risk", "Registry.Example").value() ==
        Repository{"registry.example", "team/risk"});
  CHECK(parse_repository("localhost/risk", {}).value() == Repository{"localhost", "risk"});
  CHECK(parse_repository("[::1]:5000/risk", {}).value() == Repository{"[::1]:5000", "risk"});
  CHECK(parse_repository("a/b__c/d.e/f---g", "r.example").value().name == "a/b__c/d.e/f---g");
}

TEST_CASE("Docker Hub is called docker.io and answers elsewhere") {
  CHECK(parse_repository("docker.io/alpine", {}).value().name == "library/alpine");
  CHECK(api_host("docker.io") == "registry-1.docker.io");
  CHECK(api_host("quay.io") == "quay.io");
}

TEST_CASE("a wrong name is refused with the character that is wrong") {
  const auto refused = [](std::string_view text, std::string_view says) {
    const auto parsed = parse_repository(text, "r.example");
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == Failure::Kind::usage);
    INFO(parsed.error().message);
    CHECK(parsed.error().message.find(says) != std::string::npos);
  };
  refused("Team/risk", "upper case");
  refused("team/ri sk", "cannot stand there");
  refused("team//risk", "empty");
  refused("team/risk-", "ends with a separator");
  refused("team/ri._sk", "cannot stand there");
  refused("team/ri___sk", "cannot stand there");
  refused("team/-risk", "cannot stand there");
  refused("https://r.example/team/risk", "scheme");
  refused("team/risk:v1", "without a tag");
  refused("team/risk@sha256:00", "without a digest");
  refused(std::string(250, 'a'), "255");
  CHECK_FALSE(parse_repository("team/risk", {}).has_value());
}

TEST_CASE("a registry is a host and perhaps a port, and nothing else") {
  CHECK(parse_registry("Registry.Example:5000").value() == "registry.example:5000");
  for (const auto* text :
       {"", "http://r", "r/team", "r:0", "r:65536", "r:x", "-r", "r r", "[::1"}) {
    INFO(text);
    CHECK_FALSE(parse_registry(text).has_value());
  }
}

TEST_CASE("a digest is a SHA-256, and is computed as one") {
  CHECK(digest_of("{}").text ==
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  CHECK(parse_digest(digest_of("x").text).value() == digest_of("x"));
  for (const auto* text : {"", "sha256:", "sha256:00", "sha512:00", "latest"}) {
    CHECK_FALSE(parse_digest(text).has_value());
  }
}
