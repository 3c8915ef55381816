// Servers that are slow, broken or hostile.
#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/contract/http/servers.hpp"

using namespace stagegate;
using namespace stagegate::http;
using namespace stagegate::tests;
using std::chrono::milliseconds;

namespace {

std::string failure_of(const Request& request) {
  const auto answer = quick_client().send(request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == Failure::Kind::unknown);
  return answer.error().message;
}

Request impatient(std::string url) {
  Request request = get(std::move(url));
  request.timeout = milliseconds(300);
  request.retry = false;
  return request;
}

}  // namespace

TEST_CASE("a server that never answers times out while waiting") {
  const Script server("odd_server.py");
  CHECK_THAT(
      failure_of(impatient(server.url("/silent"))),
      ContainsSubstring("timed out after") && ContainsSubstring("waiting for the answer to begin"));
}

TEST_CASE("a header that trickles in for ever times out") {
  const Script server("odd_server.py");
  CHECK_THAT(failure_of(impatient(server.url("/slow-header"))),
             ContainsSubstring("timed out after"));
}

TEST_CASE("a body that stops halfway times out while receiving") {
  const Script server("odd_server.py");
  CHECK_THAT(failure_of(impatient(server.url("/stalled-body"))),
             ContainsSubstring("receiving the answer"));
}

TEST_CASE("a stream without a time-out still ends when nothing comes any more") {
  const Script server("odd_server.py");
  Request request = get(server.url("/stalled-body"));
  request.timeout = milliseconds(0);
  request.stall = milliseconds(1000);
  request.retry = false;
  CHECK_THAT(failure_of(request), ContainsSubstring("nothing arrived for too long"));
}

TEST_CASE("a stream that has nothing to tell but that it is alive does not end") {
  const Script server("odd_server.py");
  Request request = get(server.url("/whispers"));
  request.timeout = milliseconds(0);
  request.stall = milliseconds(2000);
  request.retry = false;
  CHECK(quick_client().send(request).value().body == "::::");
}

TEST_CASE("a body that is cut off is a failure, never a short body") {
  const Script server("odd_server.py");
  CHECK_THAT(failure_of(get(server.url("/cut"))),
             ContainsSubstring("broke while receiving the answer"));
  CHECK_THAT(failure_of(get(server.url("/cut-header"))), ContainsSubstring("attempts"));
}

TEST_CASE("bytes after the announced length do not become the next answer") {
  const Script server("odd_server.py");
  Client client = quick_client();
  CHECK(client.send(get(server.url("/too-much"))).value().body == "body");
  CHECK_THAT(client.send(get(server.url("/echo"))).value().body,
             ContainsSubstring("\"method\": \"GET\""));
}

TEST_CASE("an answer with two lengths, with a broken chunk, or in another protocol is refused") {
  const Script server("odd_server.py");
  failure_of(get(server.url("/two-lengths")));
  failure_of(get(server.url("/bad-chunk")));
  CHECK_THAT(failure_of(get(server.url("/garbage"))), ContainsSubstring("no HTTP"));
  CHECK(server.requests("/garbage") == 1);
}

TEST_CASE("an endless body is cut at the limit") {
  const Script server("odd_server.py");
  Request request = get(server.url("/endless-body"));
  request.most_body = 1'000'000;
  CHECK_THAT(failure_of(request), ContainsSubstring("more than 1000000 bytes"));
}

TEST_CASE("an endless header is cut") {
  const Script server("odd_server.py");
  CHECK_THAT(failure_of(get(server.url("/endless-header"))),
             ContainsSubstring("longer than allowed"));
  CHECK(server.requests("/endless-header") == 1);
}

TEST_CASE("a no that comes before the body was sent is heard") {
  const Script server("odd_server.py");
  Request request = get(server.url("/early-no"));
  request.method = Method::put;
  std::string long_body;
  long_body.resize(20'000'000, 'x');
  request.body = long_body;
  request.retry = false;
  const auto answer = quick_client().send(request);
  REQUIRE(answer.has_value());
  CHECK(answer->status == 413);
  CHECK(answer->body == "no!");
}

TEST_CASE("a long body does not wait for a 100 Continue that never comes") {
  const Script server("odd_server.py");
  Request request = get(server.url("/never-continue"));
  request.method = Method::put;
  request.body = std::string(3'000'000, 'x');
  request.timeout = milliseconds(20'000);
  CHECK(quick_client().send(request).value().body == "taken");
}

TEST_CASE("a name that does not exist is told as such") {
  // libcurl resolves no name below .onion (RFC 7686), so this needs no name server.
  CHECK_THAT(failure_of(get("http://registry.onion/")),
             ContainsSubstring("registry.onion:80 cannot be resolved"));
}

TEST_CASE("no failure shows a secret of its address") {
  const std::string url = text::cat("http://127.0.0.1:", closed_port(), "/x?token=s3cret&n=1");
  CHECK_THAT(failure_of(get(url)),
             !ContainsSubstring("s3cret") && ContainsSubstring("token=***&n=1"));
  const auto refused = quick_client().send(get("http://robot:s3cret@127.0.0.1/"));
  CHECK_THAT(refused.error().message, !ContainsSubstring("s3cret"));
}
