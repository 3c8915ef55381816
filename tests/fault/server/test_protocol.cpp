// What the server says to requests that are right, and to those that are not.
#include <mutex>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/fault/server/client.hpp"

using namespace std::chrono_literals;
using namespace stagegate;
using namespace stagegate::tests;

namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("a request that comes byte by byte is answered like one that comes at once") {
  const Running server(echo);
  Client client(server.port());
  for (const char c : post("Content-Length: 3", "abc")) REQUIRE(client.send({&c, 1}));
  CHECK(client.reply().body == "POST /p abc");
}

TEST_CASE("every answer forbids sniffing, and a JSON answer forbids caching") {
  const Running server([](const http::ServerRequest& request) {
    http::ServerResponse response;
    if (request.path == "/text") response.content_type = "text/plain";
    return response;
  });
  Client client(server.port());
  client.send("GET /json HTTP/1.1\r\nHost: x\r\n\r\nGET /text HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply json = client.reply();
  CHECK(json.has("\r\nX-Content-Type-Options: nosniff\r\n"));
  CHECK(json.has("\r\nCache-Control: no-store\r\n"));
  CHECK(json.has("\r\nDate: "));
  CHECK_FALSE(json.has("\r\nServer: "));
  const Reply text = client.reply();
  CHECK(text.has("\r\nX-Content-Type-Options: nosniff\r\n"));
  CHECK_FALSE(text.has("Cache-Control"));
}

TEST_CASE("a hundred requests sent at once are answered in their order") {
  const Running server(echo);
  Client client(server.port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  REQUIRE(client.send(all));
  for (int i = 0; i < 100; ++i) REQUIRE(client.reply().body == "GET /" + std::to_string(i) + " ");
}

TEST_CASE("a client that ends its side after the request still gets the answer, then the end") {
  const Running server(echo);
  Client client(server.port());
  client.send(kGet);
  client.end_sending();
  CHECK(client.reply().body == "GET /a ");
  const auto rest = client.rest();
  CHECK(rest.bytes.empty());
  CHECK_FALSE(rest.cut);
}

TEST_CASE("HEAD is told the length of the body and is not sent it") {
  const Running server(echo);
  Client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + kGet);
  CHECK(client.reply(true).has("\r\nContent-Length: 8\r\n"));
  CHECK(client.reply().body == "GET /a ");  // and nothing lay between the two
}

TEST_CASE("a client that asks first is told to go on, and only once") {
  const Running server(echo);
  Client client(server.port());
  client.send(post("Content-Length: 3\r\nExpect: 100-continue", ""));
  CHECK(client.reply().head == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("a");
  client.send("bc");
  CHECK(client.reply().body == "POST /p abc");
}

TEST_CASE("a client that asks first and would send too much is refused before it sends") {
  const Running server(echo);
  Client client(server.port());
  client.send(post("Content-Length: 65537\r\nExpect: 100-continue", ""));
  CHECK(client.reply().status == 413);
}

TEST_CASE("a chunked body is put together, and its trailer does not become part of the header") {
  const Running server([](const http::ServerRequest& request) {
    http::ServerResponse response;
    response.body = request.body + (request.header("authorization") == nullptr ? "" : " forged");
    return response;
  });
  Client client(server.port());
  client.send(post("Transfer-Encoding: chunked",
                   "3;ext=\"1\"\r\nabc\r\n02\r\nde\r\n0\r\nAuthorization: Bearer x\r\n\r\n"));
  CHECK(client.reply().body == "abcde");
  client.send(kGet);
  CHECK(client.reply().status == 200);
}

TEST_CASE("HTTP/1.0 gets one answer, and more only when it asks for them") {
  const Running server(echo);
  Client once(server.port());
  once.send("GET /a HTTP/1.0\r\n\r\n");
  CHECK(once.reply().has("\r\nConnection: close\r\n"));
  CHECK(once.rest().bytes.empty());
  Client more(server.port());
  more.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(more.reply().has("\r\nConnection: keep-alive\r\n"));
  more.send("GET /a HTTP/1.0\r\n\r\n");
  CHECK(more.reply().body == "GET /a ");
}

TEST_CASE(
    "a connection ends when its client says so, after the last request it may make, and not "
    "before") {
  http::ServerLimits limits;
  limits.requests_per_connection = 3;
  const Running server(echo, limits);
  Client client(server.port());
  client.send(kGet + kGet + kGet + kGet);
  CHECK_FALSE(client.reply().has("Connection: close"));
  CHECK_FALSE(client.reply().has("Connection: close"));
  CHECK(client.reply().has("\r\nConnection: close\r\n"));
  CHECK(client.rest().bytes.empty());
  Client polite(server.port());
  polite.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(polite.reply().has("\r\nConnection: close\r\n"));
  CHECK(polite.rest().bytes.empty());
}

TEST_CASE("an exception in a handler is a 500 that tells nothing, and the connection goes on") {
  const Running server([](const http::ServerRequest& request) -> http::ServerResponse {
    if (request.path == "/exception") throw std::runtime_error("password 1234");
    if (request.path == "/number") throw 42;
    return echo(request);
  });
  Client client(server.port());
  client.send("GET /exception HTTP/1.1\r\nHost: x\r\n\r\nGET /number HTTP/1.1\r\nHost: x\r\n\r\n" +
              kGet);
  const Reply reply = client.reply();
  CHECK(reply.status == 500);
  CHECK(reply.body.find("1234") == std::string::npos);
  CHECK(client.reply().status == 500);
  CHECK(client.reply().body == "GET /a ");
}

TEST_CASE("a handler cannot be made to write a second response through a header") {
  const Running server([](const http::ServerRequest&) {
    http::ServerResponse response;
    response.headers.emplace_back("X-Note", "a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    return response;
  });
  Client client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.reply().status == 500);
  CHECK(client.rest().bytes.empty());
}

TEST_CASE("too large is said as soon as it is known, also to a client that is still sending") {
  http::ServerLimits limits;
  limits.request = {1024, 2048};
  const Running server(echo, limits);
  const auto answer = [&](const std::string& request) {
    Client client(server.port());
    client.send(request);
    const int status = client.reply().status;
    const auto rest = client.rest();
    CHECK(rest.bytes.empty());
    CHECK_FALSE(rest.cut);
    return status;
  };
  const std::string much(100'000, 'a');
  CHECK(answer("GET /" + much + " HTTP/1.1\r\nHost: x\r\n\r\n") == 414);
  CHECK(answer("GET / HTTP/1.1\r\nHost: x\r\nX: " + much + "\r\n\r\n") == 431);
  CHECK(answer(post("Content-Length: 2049", much)) == 413);
  CHECK(answer(post("Content-Length: 99999999999999999999", much)) == 400);
  CHECK(answer(post("Transfer-Encoding: chunked", "186A0\r\n" + much)) == 413);
  std::string crumbs;
  for (int i = 0; i < 2049; ++i) crumbs += "1\r\na\r\n";
  CHECK(answer(post("Transfer-Encoding: chunked", crumbs + "0\r\n\r\n")) == 413);
  CHECK(answer(post("Transfer-Encoding: chunked", "1;" + much)) == 431);
  CHECK(answer(post("Transfer-Encoding: chunked", "0\r\nX: " + much)) == 431);

  Client exact(server.port());
  exact.send(post("Content-Length: 2048", std::string(2048, 'b')));
  CHECK(exact.reply().status == 200);
}

TEST_CASE("what is no request is answered with what is wrong, and the connection ends") {
  struct Row {
    std::string bytes;
    int status;
  };
  using namespace std::string_literals;
  const std::vector<Row> rows = {
      {"\r\n\r\n\r\n\r\n\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x00\x01\x00"s, 400},  // a TLS handshake
      {"GET / HTTP/1.1\nHost: x\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"s, 400},
      {"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"s, 400},
      {"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n: x\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x y\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n", 417},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/x.1\r\nHost: x\r\n\r\n", 400},
      {"GET / FTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET //a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /a%2fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /?a=1&a=2 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
  };
  const Running server(echo);
  for (const Row& row : rows) {
    INFO(row.bytes);
    Client client(server.port());
    client.send(row.bytes);
    CHECK(client.reply().status == row.status);
    CHECK(client.rest().bytes.empty());
  }
}

TEST_CASE(
    "a request whose end is in doubt is refused, and nothing after it is taken for a request") {
  const std::string second = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string chunked = "0\r\n\r\n" + second;
  struct Row {
    std::string bytes;
    int status;
  };
  const std::vector<Row> rows = {
      {post("Content-Length: 5\r\nTransfer-Encoding: chunked", chunked), 400},
      {post("Transfer-Encoding: chunked\r\nContent-Length: 5", chunked), 400},
      {post("Content-Length: 0\r\nContent-Length: 36", second), 400},
      {post("Content-Length: 0\r\nContent-Length: 0", second), 400},
      {post("Content-Length: 0, 0", second), 400},
      {post("Content-Length: +0", second), 400},
      {post("Content-Length: 0x0", second), 400},
      {post("Content-Length: -1", second), 400},
      {post("Content-Length:", second), 400},
      {post("Content-Length: 0\r\nContent-Length : 36", second), 400},
      {post("Transfer-Encoding: gzip", second), 501},
      {post("Transfer-Encoding: identity", second), 501},
      {post("Transfer-Encoding: gzip, chunked", chunked), 501},
      {post("Transfer-Encoding: chunked, gzip", second), 501},
      {post("Transfer-Encoding: xchunked", chunked), 501},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", chunked), 400},
      {post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", chunked), 400},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", chunked), 400},
      {post("Transfer-Encoding:\r\n chunked", chunked), 400},
      {post("Transfer-Encoding: chunked", "z\r\n" + second), 400},
      {post("Transfer-Encoding: chunked", "-1\r\n" + second), 400},
      {post("Transfer-Encoding: chunked", "1\r\nab\r\n" + chunked), 400},
      {post("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFF\r\n" + second), 400},
      {"POST /p HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked, 400},
  };
  std::mutex mutex;
  std::vector<std::string> asked;
  const Running server([&](const http::ServerRequest& request) {
    const std::lock_guard lock(mutex);
    asked.push_back(request.path);
    return echo(request);
  });
  for (const Row& row : rows) {
    INFO(row.bytes);
    Client client(server.port());
    client.send(row.bytes);
    CHECK(client.reply().status == row.status);
    CHECK(client.rest().bytes.empty());
  }
  const std::lock_guard lock(mutex);
  CHECK(asked.empty());
}

TEST_CASE("the absolute form of a target is taken, as a proxy may send it") {
  const Running server(echo);
  Client client(server.port());
  client.send(
      "GET http://gate.example:8080/v1/status?x=1 HTTP/1.1\r\nHost: gate.example:8080\r\n\r\n");
  CHECK(client.reply().body == "GET /v1/status ");
}
