#include <string>
#include <vector>

#include "common/http/listen_address.hpp"
#include "common/http/target.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using http::parse_listen_address;
using http::parse_target;
using http::shown_address;

TEST_CASE("a path is decoded once") {
  const auto path = [](const char* raw) { return parse_target("GET", raw).value().path; };
  CHECK(path("/") == "/");
  CHECK(path("/v1/status") == "/v1/status");
  CHECK(path("/v1/status/") == "/v1/status/");
  CHECK(path("/v1/%73tatus") == "/v1/status");
  CHECK(path("/a%20b+c") == "/a b+c");
  CHECK(path("/%252e%252e") == "/%2e%2e");
  CHECK(path("/caf%C3%A9") == "/caf\xC3\xA9");
  CHECK(path("/.well-known/..a/b.") == "/.well-known/..a/b.");
}

TEST_CASE("a path that two readers could read in two ways is refused") {
  const std::vector<std::string> raws = {
      "//",          "//a",
      "/a//b",       "/a//",
      "/.",          "/..",
      "/a/./b",      "/a/../b",
      "/a/..",       "/%2e",
      "/%2E%2e/a",   "/a%2fb",
      "/a%2Fb",      "/a%5cb",
      "/a\\b",       "/a%00",
      "/a%0d%0a",    "/a%7f",
      "/%",          "/%4",
      "/%zz",        "/%4",
      "/a#b",        "/a?b#c",
      "relative",    "",
      "*",           "host:80",
      "ftp://h/",    "http://",
      "http:///a",   "//host/a",
      "http://h//a", "http://h/a/../b",
  };
  for (const auto& raw : raws) {
    INFO(raw);
    const auto target = parse_target("GET", raw);
    REQUIRE_FALSE(target.has_value());
    CHECK(target.error().kind == Failure::Kind::usage);
  }
}

TEST_CASE("the absolute form gives its path and its authority") {
  const auto target = parse_target("GET", "HTTP://gate.example:8080/v1/status?a=1").value();
  CHECK(target.path == "/v1/status");
  CHECK(target.authority == "gate.example:8080");
  CHECK(target.query == std::vector<http::Field>{{"a", "1"}});
  CHECK(parse_target("GET", "https://h").value().path == "/");
  CHECK(parse_target("GET", "http://h?a=b").value().path == "/");
}

TEST_CASE("the asterisk is for OPTIONS") {
  CHECK(parse_target("OPTIONS", "*").value().path == "*");
}

TEST_CASE("a query is read as a form writes it, and says every name once") {
  const auto query = [](const char* raw) { return http::parse_query(raw); };
  using Fields = std::vector<http::Field>;
  CHECK(query("").value().empty());
  CHECK(query("a=1&b=x+y%21%26").value() == Fields{{"a", "1"}, {"b", "x y!&"}});
  CHECK(query("a&b=&=c").value() == Fields{{"a", ""}, {"b", ""}, {"", "c"}});
  CHECK(query("a=1=2&&b=3&").value() == Fields{{"a", "1=2"}, {"b", "3"}});
  CHECK(query("stage=a&Stage=b").has_value());
  CHECK_FALSE(query("stage=a&stage=b").has_value());
  CHECK_FALSE(query("stage=a&st%61ge=b").has_value());
  CHECK_FALSE(query("a=%").has_value());
  CHECK_FALSE(query("a=%0").has_value());
  CHECK_FALSE(query("%gg=1").has_value());
  CHECK_FALSE(query("a=%00").has_value());
}

TEST_CASE("an address to listen on is numeric and has a port") {
  const auto host = [](const char* text) { return parse_listen_address(text).value().host; };
  CHECK(host("127.0.0.1:8080") == "127.0.0.1");
  CHECK(host("0.0.0.0:0") == "0.0.0.0");
  CHECK(host("[::]:8080") == "::");
  CHECK(host("[::1]:65535") == "::1");
  CHECK(host(":8080").empty());
  CHECK(parse_listen_address("[::1]:65535").value().port == 65535);
  for (const char* text :
       {"", ":", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:+1", "127.0.0.1:http", "localhost:8080", "::1:8080", "[]:8080",
        "[127.0.0.1]:8080", "[::1:8080", "127.1:8080", "127.0.0.1 :80"}) {
    INFO(text);
    const auto address = parse_listen_address(text);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().kind == Failure::Kind::usage);
    CHECK_THAT(address.error().message, ContainsSubstring("127.0.0.1:8080"));
  }
}

TEST_CASE("an address is shown as people can follow it, with the port that was taken") {
  CHECK(shown_address("127.0.0.1:0", 40123) == "http://127.0.0.1:40123/");
  CHECK(shown_address("[::1]:8080", 8080) == "http://[::1]:8080/");
  CHECK(shown_address(":8080", 8080) == "http://localhost:8080/");
}
