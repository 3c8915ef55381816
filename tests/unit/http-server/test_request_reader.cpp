#include <string>
#include <vector>

#include "common/http/request_reader.hpp"
#include "tests/catch.hpp"

using stagegate::http::RequestReader;
using State = RequestReader::State;

namespace {

const std::string kTwo =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Note: One, Two\r\nContent-Length: 3\r\n\r\nabc"
    "\r\nGET /d HTTP/1.1\r\nHost: x\r\n\r\n";  // the empty line is one that some clients send

}  // namespace

TEST_CASE("a request is read with its parts, and what follows it is kept for the next") {
  RequestReader reader({});
  CHECK(reader.state() == State::idle);
  REQUIRE(reader.feed(kTwo) == State::complete);
  const auto first = reader.take();
  CHECK(first.request.method == "POST");
  CHECK(first.request.path == "/a");
  CHECK(*first.request.parameter("b") == "c");
  CHECK(*first.request.header("x-note") == "One, Two");
  CHECK(first.request.header("x-other") == nullptr);
  CHECK(first.request.body == "abc");
  CHECK(first.keep_alive);
  CHECK_FALSE(first.old_protocol);
  REQUIRE(reader.state() == State::complete);
  const auto second = reader.take();
  CHECK(second.request.path == "/d");
  CHECK(second.request.body.empty());
  CHECK(second.request.query.empty());
  CHECK(reader.state() == State::idle);
}

TEST_CASE("wherever the bytes are cut, the same requests come out") {
  for (std::size_t cut = 0; cut <= kTwo.size(); ++cut) {
    RequestReader reader({});
    std::vector<std::string> paths;
    for (const auto& piece : {kTwo.substr(0, cut), kTwo.substr(cut)}) {
      reader.feed(piece);
      while (reader.state() == State::complete) paths.push_back(reader.take().request.path);
    }
    INFO(cut);
    CHECK(paths == std::vector<std::string>{"/a", "/d"});
    CHECK(reader.state() == State::idle);
  }
}

TEST_CASE("wherever a chunked body is cut, the same body comes out") {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string body :
       {"3\r\nabc\r\n0\r\n\r\n", "1;x=\"y\"\r\na\r\n2\r\nbc\r\n0;z\r\nT: u\r\n\r\n"}) {
    for (std::size_t step = 1; step <= body.size(); ++step) {
      RequestReader reader({});
      reader.feed(head);
      for (std::size_t at = 0; at < body.size(); at += step) {
        REQUIRE(reader.state() == State::body);
        reader.feed(body.substr(at, step));
      }
      INFO(step);
      REQUIRE(reader.state() == State::complete);
      CHECK(reader.take().request.body == "abc");
      CHECK(reader.state() == State::idle);
    }
  }
}

TEST_CASE("the state tells how far the request has come") {
  RequestReader reader({});
  CHECK(reader.feed("\r\n") == State::idle);
  CHECK(reader.feed("P") == State::head);
  CHECK(reader.feed("OST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n") == State::head);
  CHECK(reader.feed("\r\n") == State::body);
  CHECK(reader.feed("ab") == State::body);
  CHECK(reader.feed("c") == State::complete);
}

TEST_CASE("once refused, nothing more is read") {
  RequestReader reader({});
  REQUIRE(reader.feed("GET\r\n\r\n") == State::refused);
  CHECK(reader.refusal().status == 400);
  CHECK(reader.feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n") == State::refused);
}

TEST_CASE("a header may be exactly as large as its limit") {
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\nX: 0123456789\r\n\r\n";
  RequestReader exact({request.size(), 0});
  CHECK(exact.feed(request) == State::complete);
  RequestReader tight({request.size() - 1, 0});
  CHECK(tight.feed(request) == State::refused);
  CHECK(tight.refusal().status == 431);
  RequestReader first_line({10, 0});
  CHECK(first_line.feed(request) == State::refused);
  CHECK(first_line.refusal().status == 414);
}

TEST_CASE("whether the connection goes on is for the client to say") {
  const auto keeps = [](const std::string& first_line, const std::string& fields) {
    RequestReader reader({});
    REQUIRE(reader.feed(first_line + "\r\nHost: x\r\n" + fields + "\r\n") == State::complete);
    return reader.take().keep_alive;
  };
  CHECK(keeps("GET / HTTP/1.1", ""));
  CHECK_FALSE(keeps("GET / HTTP/1.1", "Connection: close\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1", "Connection: x, Close\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.0", ""));
  CHECK(keeps("GET / HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST_CASE("a body that was not waited for needs no word to go on") {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RequestReader waits({});
  REQUIRE(waits.feed(head) == State::body);
  CHECK(waits.must_say_continue());
  CHECK_FALSE(waits.must_say_continue());
  RequestReader sends({});
  REQUIRE(sends.feed(head + "a") == State::body);
  CHECK_FALSE(sends.must_say_continue());
}
