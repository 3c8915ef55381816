// Who is trusted, and what a refusal says.
#include <fstream>

#include "tests/catch.hpp"
#include "tests/contract/http/servers.hpp"

using namespace stagegate;
using namespace stagegate::http;
using namespace stagegate::tests;

namespace {

const RunningClock kClock;

Client trusting(const std::filesystem::path& ca_file) {
  ClientOptions options = quick_options();
  options.trust.ca_file = ca_file;
  return {options, kClock};
}

std::string refusal(Client client, const std::string& url) {
  const auto answer = client.send(get(url));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == Failure::Kind::unknown);
  return answer.error().message;
}

}  // namespace

TEST_CASE("a server whose authority is named with ca_file is trusted, by its IP address too") {
  const Nginx nginx;
  const auto answer = trusting(nginx.file("ca.pem")).send(get(nginx.url("https")));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body == "hello");
}

TEST_CASE(
    "a server that speaks only TLS 1.2 and one that speaks only TLS 1.3 are both understood") {
  const Nginx nginx;
  for (const char* port : {"tls12", "tls13"}) {
    INFO(port);
    CHECK(trusting(nginx.file("ca.pem")).send(get(nginx.url(port))).has_value());
  }
}

TEST_CASE("an unknown authority is refused, naming ca_file and what is trusted") {
  const Nginx nginx;
  const std::string message = refusal(trusting(nginx.file("ca.pem")), nginx.url("other"));
  CHECK_THAT(message, ContainsSubstring("not trusted") && ContainsSubstring("ca_file") &&
                          ContainsSubstring(nginx.file("ca.pem").string()));
}

TEST_CASE("a self-signed certificate is refused until it is named with ca_file") {
  const Nginx nginx;
  CHECK_THAT(refusal(trusting(nginx.file("ca.pem")), nginx.url("self_signed")),
             ContainsSubstring("self-signed"));
  CHECK(trusting(nginx.file("self-signed.pem")).send(get(nginx.url("self_signed"))).has_value());
}

TEST_CASE("an expired certificate is refused as expired") {
  const Nginx nginx;
  CHECK_THAT(refusal(trusting(nginx.file("ca.pem")), nginx.url("expired")),
             ContainsSubstring("expired"));
}

TEST_CASE("a certificate for another host is refused, and says so") {
  const Nginx nginx;
  CHECK_THAT(refusal(trusting(nginx.file("ca.pem")), nginx.url("stranger")),
             ContainsSubstring("another host name"));
}

TEST_CASE("a refused certificate is not tried again") {
  const Nginx nginx;
  CHECK_THAT(refusal(trusting(nginx.file("ca.pem")), nginx.url("expired")),
             !ContainsSubstring("attempts"));
}

TEST_CASE("the system's authorities and ca_file are trusted together") {
  const Nginx nginx;
  ClientOptions options = quick_options();
  options.trust.system_authorities = true;
  options.trust.ca_file = nginx.file("other-ca.pem");
  options.environment = [&](const char* name) -> std::optional<std::string> {
    if (std::string_view(name) == "SSL_CERT_FILE") return nginx.file("ca.pem").string();
    return std::nullopt;
  };
  Client client(options, kClock);
  CHECK(client.send(get(nginx.url("https"))).has_value());
  CHECK(client.send(get(nginx.url("other"))).has_value());
}

TEST_CASE("ca_file alone trusts nobody else when the system's authorities are left out") {
  const Nginx nginx;
  ClientOptions options = quick_options();
  options.trust.ca_file = nginx.file("other-ca.pem");
  options.environment = [&](const char* name) -> std::optional<std::string> {
    if (std::string_view(name) == "SSL_CERT_FILE") return nginx.file("ca.pem").string();
    return std::nullopt;
  };
  CHECK_THAT(refusal(Client(options, kClock), nginx.url("https")),
             ContainsSubstring("not trusted"));
}

TEST_CASE("insecure accepts any certificate") {
  const Nginx nginx;
  ClientOptions options = quick_options();
  options.insecure = true;
  Client client(options, kClock);
  for (const char* port : {"https", "expired", "stranger", "self_signed"}) {
    INFO(port);
    CHECK(client.send(get(nginx.url(port))).has_value());
  }
}

TEST_CASE("a ca_file that is cut short is refused before anything is sent") {
  const Nginx nginx;
  const std::string whole = tests::read(nginx.file("ca.pem"));
  const auto cut = nginx.file("cut.pem");
  std::ofstream(cut) << whole << whole.substr(0, whole.size() / 2);
  const auto answer = trusting(cut).send(get(nginx.url("https")));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == Failure::Kind::usage);
  CHECK_THAT(answer.error().message, ContainsSubstring("certificate number 2"));
}

TEST_CASE("a ca_file without certificates is refused") {
  const Nginx nginx;
  const auto answer = trusting(nginx.file("good.key")).send(get(nginx.url("https")));
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message, ContainsSubstring("no certificate"));
}

TEST_CASE("a port that does not speak TLS is told apart from a certificate problem") {
  const Nginx nginx;
  std::string url = nginx.url("http");
  url.replace(0, 4, "https");
  CHECK_THAT(refusal(trusting(nginx.file("ca.pem")), url), ContainsSubstring("no TLS connection"));
}
