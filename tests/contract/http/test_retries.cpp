// What is asked again, and what ends the asking.
#include <thread>

#include <unistd.h>

#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/contract/http/servers.hpp"

using namespace stagegate;
using namespace stagegate::http;
using namespace stagegate::tests;
using std::chrono::milliseconds;

namespace {

const RunningClock kClock;

Request post(std::string url) {
  Request request;
  request.method = Method::post;
  request.url = std::move(url);
  request.body = "content";
  return request;
}

}  // namespace

TEST_CASE("a server that is busy for a moment is asked until it answers") {
  const Script server("odd_server.py");
  const auto answer = quick_client().send(get(server.url("/fail?status=503&times=2")));
  REQUIRE(answer.has_value());
  CHECK(answer->body == "recovered");
  CHECK(answer->attempts == 3);
  CHECK(server.requests("/fail") == 3);
}

TEST_CASE("a server that stays busy is given up, and its last answer is the result") {
  const Script server("odd_server.py");
  const auto answer = quick_client().send(get(server.url("/fail?status=503")));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 503);
  CHECK(answer->attempts == 4);
}

TEST_CASE("Retry-After is waited for, in seconds and as a date") {
  const Script server("odd_server.py");
  const auto began = kClock.uptime();
  const auto answer =
      quick_client().send(get(server.url("/fail?status=429&times=1&retry_after=1")));
  REQUIRE(answer.has_value());
  CHECK(answer->attempts == 2);
  CHECK(kClock.uptime() - began >=
        milliseconds(1000));  // never early, however loaded the machine is

  const auto by_date =
      quick_client().send(get(server.url("/fail?status=503&times=1&retry_date_in=2")));
  REQUIRE(by_date.has_value());
  CHECK(by_date->attempts == 2);
}

TEST_CASE("a pause longer than the caller can wait is not begun") {
  const Script server("odd_server.py");
  Request request = get(server.url("/fail?status=429&retry_after=60"));
  request.deadline = kClock.uptime() + milliseconds(30'000);
  const auto answer = quick_client().send(request);
  REQUIRE(answer.has_value());
  CHECK(answer->status == 429);
  CHECK(answer->attempts == 1);
}

TEST_CASE("a request that does harm twice is made once, when the server is busy or goes away") {
  const Script server("odd_server.py");
  CHECK(quick_client().send(post(server.url("/fail?status=503"))).value().attempts == 1);
  CHECK_FALSE(quick_client().send(post(server.url("/close"))).has_value());
  CHECK(server.requests("/fail") == 1);
  CHECK(server.requests("/close") == 1);
}

TEST_CASE("a POST that the caller calls repeatable is repeated") {
  const Script server("odd_server.py");
  Request request = post(server.url("/close?times=1"));
  request.repeatable = true;
  CHECK(quick_client().send(request).value().body == "recovered");
}

TEST_CASE("a connection that nobody takes is tried again whatever the request") {
  const auto answer = quick_client().send(post(text::cat("http://127.0.0.1:", closed_port(), "/")));
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message, ContainsSubstring("connection refused") &&
                                         ContainsSubstring("the last of 4 attempts"));
}

TEST_CASE("a request without retries is made once") {
  const Script server("odd_server.py");
  Request request = get(server.url("/fail?status=503"));
  request.retry = false;
  CHECK(quick_client().send(request).value().attempts == 1);
  CHECK(server.requests("/fail") == 1);
}

TEST_CASE("a body source is rewound for another attempt, and without rewind there is none") {
  const Script server("odd_server.py");
  bool given = false;
  BodySource source;
  source.read = [&](std::span<char> into) -> Result<std::size_t> {
    if (given) return 0U;
    given = true;
    into[0] = 'x';
    return 1U;
  };
  Request request = get(server.url("/fail?status=503&times=1"));
  request.method = Method::put;
  request.body = source;
  CHECK(quick_client().send(request).value().attempts == 1);

  given = false;
  source.rewind = [&]() -> Result<> {
    given = false;
    return {};
  };
  request.body = source;
  request.url = server.url("/fail?status=503&times=1&again");
  CHECK(quick_client().send(request).value().body == "recovered");
}

TEST_CASE("a stream that has begun is not begun again") {
  const Script server("odd_server.py");
  std::vector<std::string> lines;
  Request request = get(server.url("/lines?cut"));
  request.on_line = [&](std::string_view line) -> Result<Flow> {
    lines.emplace_back(line);
    return Flow::go_on;
  };
  const auto answer = quick_client().send(request);
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message, ContainsSubstring("broke while receiving"));
  CHECK(lines == std::vector<std::string>{"one", "two"});
  CHECK(server.requests("/lines") == 1);
}

TEST_CASE("the deadline ends a wait for a silent server, as a deadline") {
  const Script server("odd_server.py");
  Request request = get(server.url("/silent"));
  request.deadline = kClock.uptime() + milliseconds(300);
  const auto answer = quick_client().send(request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == Failure::Kind::deadline);
  CHECK_THAT(answer.error().message, ContainsSubstring("waiting for the answer to begin"));
}

TEST_CASE("after the deadline nothing is sent") {
  const Script server("odd_server.py");
  Request request = get(server.url("/echo"));
  request.deadline = kClock.uptime();
  const auto answer = quick_client().send(request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == Failure::Kind::deadline);
  CHECK(server.requests("/echo") == 0);
}

TEST_CASE("a signal ends every request at once") {
  const Script server("odd_server.py");
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  Client client(quick_options(), kClock, ends[0]);
  std::thread signal([&] {
    std::this_thread::sleep_for(milliseconds(100));
    CHECK(write(ends[1], "!", 1) == 1);
  });
  Request pausing = get(server.url("/fail?status=503&retry_after=100"));
  const std::vector<Request> requests = {get(server.url("/silent")), pausing,
                                         get(server.url("/silent"))};
  std::vector<std::string> messages;
  client.all(requests, 2, [&](std::size_t, Result<Response> result) {
    messages.push_back(result.has_value() ? "answered" : result.error().message);
    return Flow::go_on;
  });
  signal.join();
  CHECK(messages == std::vector<std::string>(3, "interrupted by a signal"));
  close(ends[0]);
  close(ends[1]);
}
