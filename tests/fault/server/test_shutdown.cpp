// How a server ends.
#include <string>
#include <system_error>

#include "tests/catch.hpp"
#include "tests/fault/server/client.hpp"

using namespace std::chrono_literals;
using namespace stagegate;
using namespace stagegate::tests;

namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Whether the port is closed, which it is soon after the server was asked to end.
bool becomes_closed(std::uint16_t port) {
  for (int tries = 0; tries < kPatienceMs; ++tries) {
    try {
      const Client client(port);
    } catch (const std::system_error&) {
      return true;
    }
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

}  // namespace

TEST_CASE(
    "a server that is asked to end answers the request under way, takes no new ones, and returns") {
  Latch latch;
  Running server([&](const http::ServerRequest& request) {
    latch.pass();
    return echo(request);
  });
  Client idle(server.port());
  Client client(server.port());
  client.send(kGet + kGet);
  REQUIRE(latch.await_waiting(1));
  server.interrupt();
  CHECK(idle.rest().bytes.empty());
  CHECK(becomes_closed(server.port()));
  latch.open();
  const Reply reply = client.reply();
  CHECK(reply.body == "GET /a ");
  CHECK(reply.has("\r\nConnection: close\r\n"));
  CHECK(client.rest().bytes.empty());
  client.reset();
  idle.reset();
  CHECK(server.result().has_value());
}

TEST_CASE(
    "a request that is half sent when the server is asked to end is answered when it is whole") {
  Running server(echo);
  Client client(server.port());
  client.send("GET /a HTTP/1.1\r\n");
  client.send("Host: x\r\n");
  REQUIRE(server.watch.await_open(1));
  // The server has read something when it says 100 to a second client that came later.
  Client later(server.port());
  later.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(later.reply().status == 100);
  server.interrupt();
  REQUIRE(becomes_closed(server.port()));
  client.send("\r\n");
  later.send("b");
  CHECK(client.reply().body == "GET /a ");
  CHECK(later.reply().body == "POST /b b");
  CHECK(client.rest().bytes.empty());
  CHECK(later.rest().bytes.empty());
  client.reset();
  later.reset();
  CHECK(server.result().has_value());
}

TEST_CASE("a client that never finishes cannot hold up the end longer than the grace") {
  Running server(echo, {}, 1, 100ms);
  Client client(server.port());
  client.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(client.reply().status == 100);
  server.interrupt();
  const auto result = server.result();
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Failure::Kind::deadline);
  CHECK_THAT(result.error().message, ContainsSubstring("1 connection"));
}

TEST_CASE("a handler that never finishes cannot hold up the return of run longer than the grace") {
  Latch latch;
  Running server(
      [&](const http::ServerRequest& request) {
        latch.pass();
        return echo(request);
      },
      {}, 1, 100ms);
  Client client(server.port());
  client.send(kGet);
  REQUIRE(latch.await_waiting(1));
  server.interrupt();
  const auto result = server.result();
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Failure::Kind::deadline);
  CHECK(client.rest().cut);
  latch.open();
}

TEST_CASE("a server can be told to stop before it runs, and more than once") {
  auto server = http::Server::listen("127.0.0.1:0", echo);
  REQUIRE(server.has_value());
  server->stop();
  server->stop();
  CHECK(server->run(-1, 1s).has_value());
}

TEST_CASE("a server that is never run leaves its port when it ends") {
  std::uint16_t port = 0;
  {
    auto server = http::Server::listen("127.0.0.1:0", echo);
    REQUIRE(server.has_value());
    port = server->port();
    CHECK(port != 0);
  }
  CHECK_THROWS_AS(Client(port), std::system_error);
}

TEST_CASE("a port that is taken is a failure that names it") {
  const auto first = http::Server::listen("127.0.0.1:0", echo);
  REQUIRE(first.has_value());
  const std::string address = "127.0.0.1:" + std::to_string(first->port());
  const auto second = http::Server::listen(address, echo);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().kind == Failure::Kind::unknown);
  CHECK_THAT(second.error().message, ContainsSubstring(address));
}

TEST_CASE("all addresses means both families") {
  auto server = http::Server::listen(":0", echo);
  REQUIRE(server.has_value());
  std::thread thread([&] { CHECK(server->run(-1, 1s).has_value()); });
  Client client(server->port());
  client.send(kGet);
  CHECK(client.reply().status == 200);
  server->stop();
  thread.join();
}
