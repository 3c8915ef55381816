// Clients that are slow, many, or gone.
#include <atomic>
#include <cerrno>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "common/log/log.hpp"
#include "tests/catch.hpp"
#include "tests/fault/server/client.hpp"

using namespace std::chrono_literals;
using namespace stagegate;
using namespace stagegate::tests;
using http::ServerEvent;

namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

bool is_served(std::uint16_t port) {
  Client client(port);
  return client.send(kGet) && client.reply().body == "GET /a ";
}

http::ServerLimits hasty() {
  http::ServerLimits limits;
  limits.header_time = 200ms;
  limits.body_time = 200ms;
  limits.answer_time = 200ms;
  return limits;
}

// Sends `begin`, then a byte at a time, each well within every deadline, until the server has
// something to say.
Reply drip(std::uint16_t port, const std::string& begin) {
  Client client(port);
  client.send(begin);
  int drops = 0;
  while (!client.readable(10)) {
    if (++drops > kPatienceMs / 10) return {};
    client.send("a");
  }
  return client.reply();
}

http::ServerResponse huge(const http::ServerRequest&) {
  http::ServerResponse response;
  response.body.assign(64u << 20, 'x');
  return response;
}

}  // namespace

TEST_CASE("a header that drips in is cut off at its deadline, however steadily it drips") {
  Running server(echo, hasty());
  CHECK(drip(server.port(), "GET /a HTTP/1.1\r\nX: ").status == 408);
  CHECK(server.watch.count(ServerEvent::timed_out) == 1);
  CHECK(is_served(server.port()));
}

TEST_CASE("a body that drips in is cut off at its deadline, however steadily it drips") {
  Running server(echo, hasty());
  CHECK(
      drip(server.port(), "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n").status ==
      408);
  CHECK(drip(server.port(),
             "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n")
            .status == 408);
  CHECK(server.watch.count(ServerEvent::timed_out) == 2);
}

TEST_CASE("a client that sips at a large answer is cut off at the deadline") {
  Running server(huge, hasty());
  Client client(server.port());
  client.send(kGet);
  std::size_t sips = 0;
  while (server.watch.count(ServerEvent::timed_out) == 0 && sips < 100'000) {
    REQUIRE(client.read_some(1) == 1);
    ++sips;
    std::this_thread::sleep_for(1ms);
  }
  const auto rest = client.rest();
  CHECK(rest.cut);
  CHECK(rest.bytes.size() < (64u << 20));
  CHECK(server.watch.await_open(0));
}

TEST_CASE(
    "a client that says nothing is let go without a word, before its first request and after it") {
  http::ServerLimits limits;
  limits.idle_time = 200ms;
  Running server(echo, limits);
  Client silent(server.port());
  CHECK(silent.rest().bytes.empty());
  Client once(server.port());
  once.send(kGet);
  CHECK(once.reply().status == 200);
  CHECK(once.rest().bytes.empty());
  CHECK(server.watch.count(ServerEvent::timed_out) == 0);
}

TEST_CASE("a client that does not close after its last answer is closed") {
  http::ServerLimits limits;
  limits.parting_time = 200ms;
  Running server(echo, limits);
  Client client(server.port());
  client.send("nonsense\r\n\r\n");
  CHECK(client.reply().status == 400);
  CHECK(server.watch.await_open(0));
}

TEST_CASE("clients that vanish at any point leave nothing behind") {
  Running server(echo);
  const std::string request = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody" + kGet;
  for (std::size_t sent = 0; sent <= request.size(); ++sent) {
    Client client(server.port());
    client.send(request.substr(0, sent));
    if (sent % 2 == 0) client.reset();
  }
  CHECK(is_served(server.port()));
  CHECK(server.watch.await_open(0));
}

TEST_CASE("a client that vanishes while a large answer is written does not end the server") {
  Running server(huge);
  for (int i = 0; i < 3; ++i) {
    Client client(server.port());
    client.send(kGet);
    REQUIRE(client.read_some(1) == 1);
    client.reset();
  }
  CHECK(server.watch.await_open(0));
}

TEST_CASE("two thousand idle connections do not keep out a client that has something to ask") {
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  if (files.rlim_max < 3200) {
    std::cerr << "skipped: needs 3200 open files, may have " << files.rlim_max << '\n';
    return;
  }
  const rlim_t before = std::exchange(files.rlim_cur, std::max<rlim_t>(files.rlim_cur, 3200));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0);
  {
    http::ServerLimits limits;
    limits.connections = 1000;
    Running server(echo, limits);
    std::vector<Client> idle;
    for (int i = 0; i < 2000; ++i) {
      idle.emplace_back(server.port());
      if (i % 100 == 99) CHECK(is_served(server.port()));
    }
    CHECK(server.watch.await(ServerEvent::displaced, 1000));
    CHECK(server.watch.count(ServerEvent::refused) == 0);
    CHECK(is_served(server.port()));
  }
  files.rlim_cur = before;
  CHECK(::setrlimit(RLIMIT_NOFILE, &files) == 0);
}

TEST_CASE("when every place is taken by a half-sent header, the oldest of them makes room") {
  http::ServerLimits limits;
  limits.connections = 4;
  Running server(echo, limits);
  std::vector<Client> half;
  for (int i = 0; i < 4; ++i) {
    half.emplace_back(server.port());
    half.back().send("GET /a HT");
  }
  REQUIRE(server.watch.await_open(4));
  CHECK(is_served(server.port()));
  CHECK(half[0].rest().bytes.empty());  // closed
  half[3].send("TP/1.1\r\nHost: x\r\n\r\n");
  CHECK(half[3].reply().status == 200);
}

TEST_CASE(
    "when every place is taken by a request under way, a new client is told so and loses nothing "
    "by it") {
  Latch latch;
  http::ServerLimits limits;
  limits.connections = 2;
  Running server(
      [&](const http::ServerRequest& request) {
        latch.pass();
        return echo(request);
      },
      limits, 2);
  Client first(server.port());
  Client second(server.port());
  first.send(kGet);
  second.send(kGet);
  REQUIRE(latch.await_waiting(2));
  Client third(server.port());
  third.send(kGet);
  const Reply refused = third.reply();
  CHECK(refused.status == 503);
  CHECK(refused.has("\r\nRetry-After: 1\r\n"));
  CHECK_FALSE(third.rest().cut);
  latch.open();
  CHECK(first.reply().status == 200);
  CHECK(second.reply().status == 200);
  CHECK(server.watch.count(ServerEvent::refused) == 1);
  CHECK(is_served(server.port()));
}

TEST_CASE("a handler that takes long does not keep others waiting when there is a second thread") {
  Latch latch;
  const Running server(
      [&](const http::ServerRequest& request) {
        if (request.path == "/slow") latch.pass();
        return echo(request);
      },
      {}, 2);
  Client slow(server.port());
  slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(latch.await_waiting(1));
  CHECK(is_served(server.port()));
  latch.open();
  CHECK(slow.reply().body == "GET /slow ");
}

namespace {

// Takes every file descriptor the process may still open; gives them back at the end of the block.
class NoFilesLeft {
 public:
  NoFilesLeft() {
    // The sanitizer needs a file descriptor the first time it meets a type, so let it meet the
    // logger's now.
    log::warning("taking all file descriptors");
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &few);
    int fd = -1;
    while ((fd = ::dup(STDERR_FILENO)) >= 0) taken_.push_back(fd);
  }
  ~NoFilesLeft() {
    for (const int fd : taken_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoFilesLeft(const NoFilesLeft&) = delete;
  NoFilesLeft& operator=(const NoFilesLeft&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

}  // namespace

TEST_CASE(
    "without a file descriptor to accept with, the server waits and then serves those that "
    "waited") {
  Running server(echo);
  REQUIRE(is_served(server.port()));
  REQUIRE(server.watch.await_open(0));
  Client client = Client::unconnected();
  {
    const NoFilesLeft none;
    client.connect(server.port());
    client.send(kGet);
    CHECK(server.watch.await(ServerEvent::starved, 2));
  }
  CHECK(client.reply().body == "GET /a ");
}

TEST_CASE("without a file descriptor to accept with, an idle connection gives up its own") {
  Running server(echo);
  // The sanitizer meets the types that an answer needs while it still can.
  REQUIRE(is_served(server.port()));
  REQUIRE(server.watch.await_open(0));
  Client idle(server.port());
  REQUIRE(server.watch.await_open(1));
  Client client = Client::unconnected();
  std::string body;
  {
    const NoFilesLeft none;
    client.connect(server.port());
    client.send(kGet);
    // Compared below: the sanitizer needs a descriptor for the types of the comparison.
    body = client.reply().body;
  }
  CHECK(body == "GET /a ");
  CHECK(idle.rest().bytes.empty());
  CHECK(server.watch.count(ServerEvent::displaced) == 1);
}

TEST_CASE("many clients on many threads all get their own answers") {
  Running server(echo, {}, 3);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  threads.reserve(6);
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      Client client(server.port());
      for (int i = 0; i < 200; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        if (i % 50 == 49) client = Client(server.port());
        client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        if (client.reply().body == "GET " + path + " ") ++right;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 6 * 200);
  CHECK(server.watch.await_open(0));
}

TEST_CASE("paths that are answered at once are, though handlers hold every thread") {
  Latch latch;
  Running server(
      [&](const http::ServerRequest& request) {
        if (request.path != "/healthz") latch.pass();
        return echo(request);
      },
      {}, 1, 60s, {"/healthz"});
  Client held(server.port());
  held.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  REQUIRE(latch.await_waiting(1));
  Client probe(server.port());
  for (int i = 0; i < 3; ++i) {
    probe.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(probe.reply().body == "GET /healthz ");
  }
  latch.open();
  CHECK(held.reply().body == "GET /a ");
}
