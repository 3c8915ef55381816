#include <string>

#include "common/http/response.hpp"
#include "tests/catch.hpp"

using namespace stagegate::http;

namespace {

const std::string kDate = "Tue, 24 Nov 2026 09:00:00 GMT";

ServerResponse text_response(std::string body) {
  ServerResponse response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

}  // namespace

TEST_CASE("a response is written with its length, its type and what protects it") {
  auto response = text_response("hello");
  response.headers.emplace_back("X-Note", "a b");
  const Wire wire = to_wire(response, {}, kDate);
  CHECK(wire.head ==
        "HTTP/1.1 200 OK\r\n"
        "Date: Tue, 24 Nov 2026 09:00:00 GMT\r\n"
        "Content-Type: text/plain\r\n"
        "Content-Length: 5\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "X-Note: a b\r\n"
        "\r\n");
  CHECK(wire.body == "hello");
  CHECK(wire.status == 200);
}

TEST_CASE("a status without a body has no length either") {
  for (const int status : {204, 304}) {
    auto response = text_response("ignored");
    response.status = status;
    const Wire wire = to_wire(response, {}, kDate);
    CHECK(wire.body.empty());
    CHECK(wire.head.find("Content-Length") == std::string::npos);
  }
}

TEST_CASE("JSON is not cached unless the handler says so") {
  ServerResponse response;
  CHECK_THAT(to_wire(response, {}, kDate).head, ContainsSubstring("Cache-Control: no-store\r\n"));
  response.headers.emplace_back("cache-control", "max-age=60");
  const Wire wire = to_wire(response, {}, kDate);
  CHECK_THAT(wire.head, ContainsSubstring("cache-control: max-age=60\r\n"));
  CHECK(wire.head.find("no-store") == std::string::npos);
}

TEST_CASE("a response that could not be sent as one becomes a 500 without its content") {
  const std::vector<Field> bad = {{"X", "a\r\nb"},
                                  {"X", "a\nb"},
                                  {"X\r\nY", "a"},
                                  {"", "a"},
                                  {"X Y", "a"},
                                  {"X", std::string(1, '\0')},
                                  {"Content-Length", "1"},
                                  {"connection", "close"},
                                  {"Transfer-Encoding", "chunked"}};
  for (const Field& field : bad) {
    auto response = text_response("content");
    response.headers.push_back(field);
    const Wire wire = to_wire(response, {}, kDate);
    CHECK(wire.status == 500);
    CHECK(wire.body.find("content") == std::string::npos);
  }
  for (const int status : {0, 99, 100, 600, -1}) {
    auto response = text_response("content");
    response.status = status;
    CHECK(to_wire(response, {}, kDate).status == 500);
  }
  auto response = text_response("content");
  response.content_type = "text/plain\r\nX: y";
  CHECK(to_wire(response, {}, kDate).status == 500);
}

TEST_CASE("a date is written as HTTP writes it, whatever the locale") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(1795478400) == "Tue, 24 Nov 2026 00:00:00 GMT");
}

TEST_CASE("an error is JSON with its status, its name and what a person can do with it") {
  const auto response = error_response(404, "there is nothing at \"/x\"");
  CHECK(response.status == 404);
  CHECK(response.content_type == "application/json");
  CHECK_THAT(response.body, ContainsSubstring("\"message\":\"there is nothing at \\\"/x\\\"\""));
  CHECK_THAT(response.body, ContainsSubstring("\"error\":\"Not Found\""));
}
