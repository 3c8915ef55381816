#include "common/http/url.hpp"
#include "common/text/percent.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::http;

namespace {

Url url(std::string_view text) {
  auto parsed = parse_url(text);
  INFO(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::string refusal(std::string_view text) {
  const auto parsed = parse_url(text);
  INFO(text);
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().kind == Failure::Kind::usage);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("an address is taken apart and put together again") {
  const Url parsed = url("HTTPS://Registry.Example:5000/v2/a%20b/tags?n=1&last=x#part");
  CHECK(parsed.scheme == "https");
  CHECK(parsed.host == "registry.example");
  CHECK(parsed.port == 5000);
  CHECK(parsed.path == "/v2/a%20b/tags");
  CHECK(parsed.query == "n=1&last=x");
  CHECK(parsed.text() == "https://registry.example:5000/v2/a%20b/tags?n=1&last=x");
}

TEST_CASE("the scheme's own port is neither needed nor shown") {
  CHECK(url("https://host").text() == "https://host/");
  CHECK(url("https://host:443/x").origin() == "https://host");
  CHECK(url("http://host:443/x").origin() == "http://host:443");
  CHECK(url("http://[::1]:8080/x").text() == "http://[::1]:8080/x");
}

TEST_CASE("two addresses have the same origin only with scheme, host and port alike") {
  const Url base = url("https://host/a");
  CHECK(base.same_origin(url("https://HOST:443/b?c")));
  CHECK_FALSE(base.same_origin(url("http://host/a")));
  CHECK_FALSE(base.same_origin(url("https://host:8443/a")));
  CHECK_FALSE(base.same_origin(url("https://host.evil/a")));
}

TEST_CASE("what is no http address is refused with its reason") {
  CHECK_THAT(refusal("ftp://host/x"), ContainsSubstring("neither http:// nor https://"));
  CHECK_THAT(refusal("host/x"), ContainsSubstring("https://host/path"));
  CHECK_THAT(refusal(""), ContainsSubstring("https://host/path"));
  refusal("https://");
  refusal("https://host:99999/");
  refusal("https://host:0/");
  refusal("https://ho st/");
  refusal("https://host/a b");
  refusal("https://host/a\r\nX-Injected: 1");
  CHECK_THAT(refusal(std::string_view("https://host/\0evil", 18)), ContainsSubstring("NUL"));
}

TEST_CASE("an address with a password in it is refused without showing the password") {
  const std::string message = refusal("https://robot:hunter2@host/x");
  CHECK_THAT(message, ContainsSubstring("give them as settings"));
  CHECK_THAT(message, !ContainsSubstring("hunter2"));
}

TEST_CASE("a reference is resolved against its base in each of its forms") {
  const Url base = url("https://host:5000/v2/app/tags/list?n=5");
  const auto resolved = [&](std::string_view reference) {
    auto result = resolve(base, reference);
    REQUIRE(result.has_value());
    return result->text();
  };
  CHECK(resolved("/v2/next?last=b") == "https://host:5000/v2/next?last=b");
  CHECK(resolved("more") == "https://host:5000/v2/app/tags/more");
  CHECK(resolved("../up") == "https://host:5000/v2/app/up");
  CHECK(resolved("?last=b") == "https://host:5000/v2/app/tags/list?last=b");
  CHECK(resolved("//other/x") == "https://other/x");
  CHECK(resolved("http://other:80/x") == "http://other/x");
  CHECK(resolved("/with blank") == "https://host:5000/with%20blank");
  CHECK_FALSE(resolve(base, "file:///etc/passwd").has_value());
  CHECK_FALSE(resolve(base, "https://user:pw@other/").has_value());
}

TEST_CASE("a query is encoded so that no value can become a parameter") {
  CHECK(stagegate::text::percent_encode("a-b_c.d~9 /&=?+%\xc3\xa4") ==
        "a-b_c.d~9%20%2F%26%3D%3F%2B%25%C3%A4");
  CHECK(join_query({{"scope", "repository:a/b:pull,push"}, {"n", "1&x=2"}}) ==
        "scope=repository%3Aa%2Fb%3Apull%2Cpush&n=1%26x%3D2");
  CHECK(join_query({}).empty());
}

TEST_CASE("a shown address holds no secret") {
  CHECK(shown_url("https://user:p@ss@host/x?a=1") == "https://host/x?a=1");
  CHECK(shown_url("robot:pw@proxy:3128") == "proxy:3128");
  CHECK(shown_url("https://host/a@b") == "https://host/a@b");
  CHECK(shown_url("https://host/x?access_token=abc&n=1&X-Amz-Signature=def&flag") ==
        "https://host/x?access_token=***&n=1&X-Amz-Signature=***&flag");
  CHECK(shown_url("https://host/cb#access_token=abc") == "https://host/cb");
  CHECK(shown_url("").empty());
}

TEST_CASE("this machine is known by address, and not by a name that only looks like one") {
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
    INFO(host);
    CHECK(http::this_machine(host));
  }
  for (const char* host :
       {"127.0.0.1.example.com", "10.0.0.127", "localhost.example.com", "[::2]", ""}) {
    INFO(host);
    CHECK_FALSE(http::this_machine(host));
  }
}
