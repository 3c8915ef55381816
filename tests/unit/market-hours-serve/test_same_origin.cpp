// Whether a request comes from the gate's own page.
#include "plugins/market-hours-check/serve/same_origin.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

http::ServerRequest request(std::vector<http::Field> fields) {
  http::ServerRequest request;
  request.fields = std::move(fields);
  return request;
}

bool is_here(std::vector<http::Field> fields, const std::string& public_url = "") {
  return check_same_origin(request(std::move(fields)), public_url).has_value();
}

}  // namespace

TEST_CASE("a page of the same host may ask, over either protocol") {
  const http::Field host{"host", "gate.example.com:8080"};
  CHECK(is_here({host, {"origin", "http://gate.example.com:8080"}}));
  CHECK(is_here(
      {host, {"origin", "https://Gate.Example.com:8080"}, {"sec-fetch-site", "same-origin"}}));
}

TEST_CASE("another page may not ask") {
  const http::Field host{"host", "gate.example.com"};
  CHECK_FALSE(is_here({host, {"origin", "https://evil.example.com"}}));
  CHECK_FALSE(is_here({host, {"origin", "https://gate.example.com.evil.com"}}));
  CHECK_FALSE(is_here({host, {"origin", "https://gate.example.com:8443"}}));
  CHECK_FALSE(is_here({host, {"origin", "null"}}));
  for (const auto* site : {"cross-site", "same-site", "none", "anything"}) {
    CHECK_FALSE(is_here({host, {"origin", "https://gate.example.com"}, {"sec-fetch-site", site}}));
  }
}

TEST_CASE("where the public address is known, it alone counts") {
  const http::Field host{"host", "10.42.0.7:8080"};
  CHECK(is_here({host, {"origin", "https://gate.example.com"}}, "https://gate.example.com/gate/"));
  CHECK_FALSE(is_here({host, {"origin", "http://gate.example.com"}}, "https://gate.example.com"));
  CHECK_FALSE(is_here({host, {"origin", "http://10.42.0.7:8080"}}, "https://gate.example.com"));
}

TEST_CASE("what no browser sends may come from anywhere") {
  CHECK(is_here({{"host", "gate"}}));
}

TEST_CASE("a form's value counts beside the cookie of the same page only") {
  const FormToken fresh(request({}));
  CHECK(fresh.value().size() == 32);
  CHECK(fresh.value() != FormToken(request({})).value());
  const auto with_cookie = request({{"cookie", "other=1; stagegate_form=" + fresh.value()}});
  CHECK(FormToken(with_cookie).value() == fresh.value());
  CHECK(FormToken::matches(with_cookie, fresh.value()));
  CHECK_FALSE(FormToken::matches(with_cookie, ""));
  CHECK_FALSE(FormToken::matches(request({}), fresh.value()));
  CHECK_FALSE(FormToken::matches(request({{"cookie", "stagegate_form="}}), ""));
  CHECK_FALSE(FormToken::matches(request({{"cookie", "stagegate_form=x"}}), "x"));
}

TEST_CASE("the cookie is out of reach of scripts and of other sites") {
  const FormToken token(request({}));
  CHECK_THAT(token.cookie(false), ContainsSubstring("; HttpOnly; SameSite=Strict"));
  CHECK_THAT(token.cookie(true), ContainsSubstring("; Secure"));
}
