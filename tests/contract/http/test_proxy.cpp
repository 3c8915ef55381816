// Proxies: who goes through them, and what they get to see.
#include <map>

#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/contract/http/servers.hpp"

using namespace stagegate;
using namespace stagegate::http;
using namespace stagegate::tests;

namespace {

const RunningClock kClock;

ClientOptions through(const Script& proxy, const std::string& except = "") {
  ClientOptions options = quick_options();
  const std::map<std::string, std::string> environment = {
      {"HTTP_PROXY", proxy.url("")}, {"HTTPS_PROXY", proxy.url("")}, {"NO_PROXY", except}};
  options.environment = [environment](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
  return options;
}

}  // namespace

TEST_CASE("https goes through the proxy as a tunnel that sees no credentials") {
  const Nginx nginx;
  const Script proxy("proxy.py");
  ClientOptions options = through(proxy);
  options.trust.ca_file = nginx.file("ca.pem");
  Request request = get(nginx.url("http2"));
  request.auth = Bearer{"s3cret"};
  request.headers = {{"X-Api-Key", "s3cret"}};
  const auto answer = Client(options, kClock).send(request);
  REQUIRE(answer.has_value());
  CHECK(answer->body == "hello");
  CHECK(answer->http2);
  CHECK(answer->headers.text("X-Authorization") == "Bearer s3cret");
  CHECK_THAT(proxy.log("proxy.log"), ContainsSubstring("CONNECT") && !ContainsSubstring("s3cret"));
}

TEST_CASE("http goes through the proxy that the environment names") {
  const Script proxy("proxy.py");
  CHECK(Client(through(proxy), kClock).send(get("http://unknown.example/")).value().body ==
        "from proxy");
}

TEST_CASE("hosts in NO_PROXY are reached directly") {
  const Script proxy("proxy.py");
  const Script server("odd_server.py");
  const auto answer =
      Client(through(proxy, "127.0.0.0/8,.svc"), kClock).send(get(server.url("/echo")));
  REQUIRE(answer.has_value());
  CHECK_THAT(answer->body, ContainsSubstring("\"method\": \"GET\""));
  CHECK(proxy.log("proxy.log").empty());
}

TEST_CASE("a proxy that refuses is named, without its password, and asked once") {
  const Script proxy("proxy.py");
  ClientOptions options = quick_options();
  options.insecure = true;
  options.proxy = text::cat("http://robot:s3cret@127.0.0.1:", proxy.port());
  const auto answer = Client(options, kClock).send(get("https://forbidden.example/"));
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message,
             ContainsSubstring(text::cat("the proxy http://127.0.0.1:", proxy.port())) &&
                 ContainsSubstring("407") && !ContainsSubstring("s3cret"));
  CHECK_THAT(answer.error().message, !ContainsSubstring("attempts"));
}

TEST_CASE("a proxy that is not there is blamed, not the server") {
  ClientOptions options = quick_options();
  const auto port = closed_port();
  options.proxy = text::cat("http://127.0.0.1:", port);
  const auto answer = Client(options, kClock).send(get("http://unknown.example/"));
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message,
             ContainsSubstring(text::cat("refused by http://127.0.0.1:", port)));
}
