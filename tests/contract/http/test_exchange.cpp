// Requests and answers that are as they should be.
#include <algorithm>
#include <set>
#include <thread>

#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/contract/http/servers.hpp"

using namespace stagegate;
using namespace stagegate::http;
using namespace stagegate::tests;

namespace {

const RunningClock kClock;

Client trusting(const Nginx& nginx) {
  ClientOptions options = quick_options();
  options.trust.ca_file = nginx.file("ca.pem");
  return {options, kClock};
}

Request ask(Method method, std::string url, std::string body = "") {
  Request request;
  request.method = method;
  request.url = std::move(url);
  request.body = std::move(body);
  return request;
}

Response answered(Client& client, const Request& request) {
  auto answer = client.send(request);
  INFO((answer ? "" : answer.error().message));
  REQUIRE(answer.has_value());
  return std::move(*answer);
}

// Hands out a text in small pieces.
BodySource source_of(const std::string& text, std::size_t* at) {
  BodySource source;
  source.read = [&text, at](std::span<char> into) -> Result<std::size_t> {
    const std::size_t size = std::min({into.size(), text.size() - *at, std::size_t{7}});
    std::copy_n(text.data() + *at, size, into.data());
    *at += size;
    return size;
  };
  return source;
}

// The connections that so many requests, all at once, have come over.
std::set<std::string> connections(Client& client, const Request& request, std::size_t count) {
  std::set<std::string> seen;
  std::size_t done = 0;
  const std::vector<Request> requests(count, request);
  client.all(requests, count, [&](std::size_t, Result<Response> result) {
    CHECK(result.has_value());
    if (result) seen.emplace(result->headers.text("X-Connection"));
    ++done;
    return Flow::go_on;
  });
  CHECK(done == count);
  return seen;
}

}  // namespace

TEST_CASE("each method arrives as itself, with its body") {
  const Script server("odd_server.py");
  Client client = quick_client();
  for (const Method method :
       {Method::get, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
    const std::string name(method_name(method));
    const bool bodiless = method == Method::get || method == Method::options;
    const auto answer =
        answered(client, ask(method, server.url("/echo"), bodiless ? "" : "content"));
    CHECK_THAT(answer.body,
               ContainsSubstring("\"method\": \"" + name + "\"") &&
                   ContainsSubstring(bodiless ? "\"length\": 0" : "\"start\": \"content\""));
  }
  CHECK(answered(client, ask(Method::head, server.url("/echo"))).body.empty());
}

TEST_CASE("a body is not called a form, and an empty POST has a length") {
  const Script server("odd_server.py");
  Client client = quick_client();
  CHECK_THAT(answered(client, ask(Method::post, server.url("/echo"), "{}")).body,
             !ContainsSubstring("content-type"));
  CHECK_THAT(answered(client, ask(Method::post, server.url("/echo"))).body,
             ContainsSubstring("\"content-length\": \"0\"") && !ContainsSubstring("content-type"));
}

TEST_CASE("headers and credentials arrive as given") {
  const Script server("odd_server.py");
  Client client = quick_client();
  Request request = ask(Method::get, server.url("/echo"));
  request.headers = {{"Accept", "application/vnd.oci.image.index.v1+json"}, {"X-Empty", ""}};
  request.auth = Bearer{"abc.def"};
  CHECK_THAT(answered(client, request).body,
             ContainsSubstring("\"accept\": \"application/vnd.oci.image.index.v1+json\"") &&
                 ContainsSubstring("\"x-empty\": \"\"") &&
                 ContainsSubstring("\"authorization\": \"Bearer abc.def\"") &&
                 ContainsSubstring("\"user-agent\": \"stagegate\""));
  request.auth = Basic{"robot", "pass:word"};
  CHECK_THAT(answered(client, request).body, ContainsSubstring("Basic cm9ib3Q6cGFzczp3b3Jk"));
}

TEST_CASE("a request that would break its own lines is refused before anything is sent") {
  const Script server("odd_server.py");
  Client client = quick_client();
  Request request = ask(Method::get, server.url("/echo"));
  request.headers = {{"X-Name", "a\r\nX-Injected: 1"}};
  CHECK(client.send(request).error().kind == Failure::Kind::usage);
  request.headers = {};
  request.auth = Bearer{"s3cret\n"};
  const auto refused = client.send(request);
  CHECK(refused.error().kind == Failure::Kind::usage);
  CHECK_THAT(refused.error().message, !ContainsSubstring("s3cret"));
  CHECK(server.requests("/echo") == 0);
}

TEST_CASE("every value of a header is kept") {
  const Script server("odd_server.py");
  Client client = quick_client();
  const auto answer = answered(client, get(server.url("/two-challenges")));
  CHECK(answer.status == 401);
  CHECK(answer.headers.all("WWW-Authenticate").size() == 2);
}

TEST_CASE("HTTP/2 is spoken where the server offers it, HTTP/1.1 where it does not or must not") {
  const Nginx nginx;
  Client client = trusting(nginx);
  CHECK(answered(client, get(nginx.url("http2"))).http2);
  CHECK_FALSE(answered(client, get(nginx.url("https"))).http2);
  Request old = get(nginx.url("http2"));
  old.protocol = Protocol::http1;
  CHECK_FALSE(answered(client, old).http2);
}

TEST_CASE("requests one after another share a connection") {
  const Nginx nginx;
  Client client = trusting(nginx);
  const auto first = answered(client, get(nginx.url("https")));
  const auto second = answered(client, get(nginx.url("https")));
  CHECK(first.headers.text("X-Connection") == second.headers.text("X-Connection"));
}

TEST_CASE("a request that must not be made twice never goes over a connection that may be dead") {
  const Nginx nginx;
  Client client = trusting(nginx);
  const auto first = answered(client, get(nginx.url("https")));
  const auto second = answered(client, ask(Method::post, nginx.url("https", "/post"), "x"));
  CHECK(first.headers.text("X-Connection") != second.headers.text("X-Connection"));
}

TEST_CASE("many requests at once share one HTTP/2 connection") {
  const Nginx nginx;
  Client client = trusting(nginx);
  CHECK(connections(client, get(nginx.url("http2")), 40).size() == 1);
}

TEST_CASE("many requests at once use at most eight HTTP/1.1 connections") {
  const Nginx nginx;
  Client client = trusting(nginx);
  const auto seen = connections(client, get(nginx.url("https", "/unhurried")), 40);
  CHECK(seen.size() > 1);
  CHECK(seen.size() <= 8);
}

TEST_CASE("each of many requests gets its own result, good or bad") {
  const Script server("odd_server.py");
  Client client = quick_client();
  const std::vector<Request> requests = {get(server.url("/echo?a")), get("ftp://host/"),
                                         get(server.url("/garbage")), get(server.url("/echo?b"))};
  std::vector<int> results(requests.size(), 0);
  client.all(requests, 2, [&](std::size_t index, const Result<Response>& result) {
    results[index] += result ? result->status : -1;
    return Flow::go_on;
  });
  CHECK(results == std::vector<int>{200, -1, -1, 200});
}

TEST_CASE("many requests end early when the caller has enough") {
  const Script server("odd_server.py");
  Client client = quick_client();
  const std::vector<Request> requests = {get(server.url("/echo")), get(server.url("/silent")),
                                         get(server.url("/silent"))};
  std::vector<std::size_t> told;
  client.all(requests, 3, [&](std::size_t index, const Result<Response>&) {
    told.push_back(index);
    return Flow::enough;
  });
  CHECK(told == std::vector<std::size_t>{0});
  CHECK(answered(client, get(server.url("/echo"))).status ==
        200);  // and the client is as good as new
}

TEST_CASE("a body of unknown length is sent in chunks, one of known length with it") {
  const Script server("odd_server.py");
  Client client = quick_client();
  const std::string text = "a body that is read in small pieces";
  std::size_t at = 0;
  Request request = ask(Method::put, server.url("/echo"));
  BodySource source = source_of(text, &at);
  request.body = source;
  CHECK_THAT(answered(client, request).body,
             ContainsSubstring(text) && ContainsSubstring("\"chunked\""));
  at = 0;
  source.size = text.size();
  request.body = source;
  CHECK_THAT(answered(client, request).body,
             ContainsSubstring(text) && ContainsSubstring("\"content-length\": \"35\""));
}

TEST_CASE("a body over HTTP/2 arrives whole") {
  const Nginx nginx;
  Client client = trusting(nginx);
  const std::string text(3'000'000, 'x');
  std::size_t at = 0;
  BodySource source = source_of(text, &at);
  source.read = [&](std::span<char> into) -> Result<std::size_t> {
    const std::size_t size = std::min(into.size(), text.size() - at);
    std::copy_n(text.data() + at, size, into.data());
    at += size;
    return size;
  };
  Request request = ask(Method::put, nginx.url("http2", "/uploaded"));
  request.body = source;
  const auto answer = answered(client, request);
  CHECK(answer.status == 201);
  CHECK(answer.http2);
  CHECK(tests::read(nginx.file("files/uploaded")) == text);
}

TEST_CASE("a source that fails ends the request with its own failure") {
  const Script server("odd_server.py");
  Client client = quick_client();
  Request request = ask(Method::put, server.url("/echo"));
  BodySource source;
  source.read = [](std::span<char>) -> Result<std::size_t> { return unknown("the disk is gone"); };
  request.body = source;
  CHECK(client.send(request).error().message == "the disk is gone");
}

TEST_CASE("a stream is read line by line while it comes") {
  const Script server("odd_server.py");
  Client client = quick_client();
  std::vector<std::string> lines;
  Request request = get(server.url("/lines"));
  request.on_line = [&](std::string_view line) -> Result<Flow> {
    lines.emplace_back(line);
    return Flow::go_on;
  };
  CHECK(answered(client, request).body.empty());
  CHECK(lines == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("a stream ends well when the caller has enough of it") {
  const Script server("odd_server.py");
  Client client = quick_client();
  std::size_t received = 0;
  Request request = get(server.url("/endless-body"));
  request.on_bytes = [&](std::string_view bytes) -> Result<Flow> {
    received += bytes.size();
    return received > 1'000'000 ? Flow::enough : Flow::go_on;
  };
  CHECK(answered(client, request).status == 200);
}

TEST_CASE(
    "a sink that fails ends the request with its own failure, one that throws with its exception") {
  const Script server("odd_server.py");
  Client client = quick_client();
  Request request = get(server.url("/echo"));
  request.on_bytes = [](std::string_view) -> Result<Flow> { return unknown("the disk is full"); };
  CHECK(client.send(request).error().message == "the disk is full");
  request.on_bytes = [](std::string_view) -> Result<Flow> { throw std::runtime_error("a bug"); };
  CHECK_THROWS_WITH(client.send(request), "a bug");
  CHECK(answered(client, get(server.url("/echo"))).status == 200);
}

TEST_CASE("the body of a refusal is kept for the message, not given to the sink") {
  const Script server("odd_server.py");
  Client client = quick_client();
  bool called = false;
  Request request = get(server.url("/fail?status=404"));
  request.on_bytes = [&](std::string_view) -> Result<Flow> {
    called = true;
    return Flow::go_on;
  };
  CHECK(answered(client, request).body == "failed");
  CHECK_FALSE(called);
}

TEST_CASE("two threads can ask at the same time, each with its own client") {
  const Nginx nginx;
  const auto many = [&](int* good) {
    Client client = trusting(nginx);
    for (int i = 0; i < 20; ++i) {
      if (client.send(get(nginx.url("http2"))).has_value()) ++*good;
    }
  };
  int left = 0;
  int right = 0;
  std::thread other(many, &left);
  many(&right);
  other.join();
  CHECK(left == 20);
  CHECK(right == 20);
}

TEST_CASE("a client that is used from inside its own callback says so") {
  const Script server("odd_server.py");
  Client client = quick_client();
  const std::vector<Request> requests = {get(server.url("/echo"))};
  CHECK_THROWS_AS(client.all(requests, 1,
                             [&](std::size_t, const Result<Response>&) {
                               (void)client.send(requests[0]);
                               return Flow::go_on;
                             }),
                  std::logic_error);
}
