// Where redirects lead, and what is left behind.
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/contract/http/servers.hpp"

using namespace stagegate;
using namespace stagegate::http;
using namespace stagegate::tests;

namespace {

const RunningClock kClock;

Request with_secrets(std::string url) {
  Request request = get(std::move(url));
  request.auth = Bearer{"s3cret"};
  request.headers = {{"X-Api-Key", "s3cret"}, {"Accept", "text/x-special"}};
  return request;
}

}  // namespace

TEST_CASE("a redirect on the same server is followed with everything") {
  const Script server("odd_server.py");
  const auto answer = quick_client().send(with_secrets(server.url("/redirect?to=/echo?a=1")));
  REQUIRE(answer.has_value());
  CHECK(answer->url == server.url("/echo?a=1"));
  CHECK_THAT(answer->body, ContainsSubstring("Bearer s3cret") && ContainsSubstring("x-api-key"));
  CHECK(answer->attempts == 1);
}

TEST_CASE("a redirect to another server is followed without credentials") {
  const Script server("odd_server.py");
  const Script other("odd_server.py");
  const auto answer =
      quick_client().send(with_secrets(server.url("/redirect?to=" + other.url("/echo"))));
  REQUIRE(answer.has_value());
  CHECK_THAT(answer->body, ContainsSubstring("text/x-special") && !ContainsSubstring("s3cret") &&
                               !ContainsSubstring("authorization"));
}

TEST_CASE("credentials do not come back with a redirect back") {
  const Script server("odd_server.py");
  const Script other("odd_server.py");
  const std::string back =
      other.url("/redirect?to=" + stagegate::text::percent_encode(server.url("/echo")));
  const auto answer = quick_client().send(
      with_secrets(server.url("/redirect?to=" + stagegate::text::percent_encode(back))));
  REQUIRE(answer.has_value());
  CHECK(answer->url == server.url("/echo"));
  CHECK_THAT(answer->body, !ContainsSubstring("s3cret"));
}

TEST_CASE("a redirect that leads in circles ends") {
  const Script server("odd_server.py");
  const auto answer = quick_client().send(get(server.url("/loop")));
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message, ContainsSubstring("more than 5 times"));
  CHECK(server.requests("/loop") == 6);
}

TEST_CASE("a redirect from https to http is refused") {
  const Nginx nginx;
  ClientOptions options = quick_options();
  options.trust.ca_file = nginx.file("ca.pem");
  const auto answer = Client(options, kClock).send(get(nginx.url("http2", "/down")));
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message, ContainsSubstring("leave TLS"));
}

TEST_CASE("a redirect is a response like any other when none is to be followed") {
  const Script server("odd_server.py");
  Request request = get(server.url("/redirect?to=/echo"));
  request.most_redirects = 0;
  const auto answer = quick_client().send(request);
  REQUIRE(answer.has_value());
  CHECK(answer->status == 302);
  CHECK(answer->headers.text("location") == "/echo");
}

TEST_CASE("303 after a POST fetches the result without the body") {
  const Script server("odd_server.py");
  Request request = get(server.url("/redirect?status=303&to=/echo"));
  request.method = Method::post;
  request.body = "content";
  const auto answer = quick_client().send(request);
  REQUIRE(answer.has_value());
  CHECK_THAT(answer->body,
             ContainsSubstring("\"method\": \"GET\"") && ContainsSubstring("\"length\": 0"));
}

TEST_CASE("307 takes the body along on the same server") {
  const Script server("odd_server.py");
  Request request = get(server.url("/redirect?status=307&to=/echo"));
  request.method = Method::put;
  request.body = "content";
  const auto answer = quick_client().send(request);
  REQUIRE(answer.has_value());
  CHECK_THAT(answer->body,
             ContainsSubstring("\"method\": \"PUT\"") && ContainsSubstring("content"));
}
