#include "common/http/redirect.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::http;

namespace {

Asked asked(Method method, std::string_view url, bool with_body = false) {
  return {parse_url(url).value(), method, with_body};
}

Result<Redirect> get_redirect(std::string_view from, std::string_view location) {
  return decide_redirect(asked(Method::get, from), true, 302, location);
}

}  // namespace

TEST_CASE("a redirect on the same origin keeps credentials, any other does not") {
  CHECK(get_redirect("https://host/a", "/b").value().trusted);
  CHECK(get_redirect("https://host/a", "https://host:443/b").value().trusted);
  CHECK_FALSE(get_redirect("https://host/a", "https://cdn.host/b").value().trusted);
  CHECK_FALSE(get_redirect("https://host/a", "https://host:8443/b").value().trusted);
  CHECK_FALSE(get_redirect("http://host/a", "https://host/b").value().trusted);
}

TEST_CASE("a redirect never leaves TLS") {
  const auto result = get_redirect("https://host/a", "http://host/a");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().kind == Failure::Kind::unknown);
  CHECK_THAT(result.error().message, ContainsSubstring("leave TLS"));
}

TEST_CASE("a redirect to something else than http is refused") {
  CHECK_FALSE(get_redirect("https://host/a", "file:///etc/passwd").has_value());
  CHECK_FALSE(get_redirect("https://host/a", "gopher://host/").has_value());
  CHECK_FALSE(get_redirect("https://host/a", "https://user:pw@host/").has_value());
}

TEST_CASE("a redirect to a metadata service is refused") {
  for (const char* target :
       {"http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://0xa9fea9fe/",
        "http://2852039166/", "http://[::ffff:169.254.169.254]/"}) {
    INFO(target);
    const auto result = get_redirect("http://host/a", target);
    REQUIRE_FALSE(result.has_value());
    CHECK_THAT(result.error().message, ContainsSubstring("link-local"));
  }
  CHECK(get_redirect("http://169.254.1.1/a", "http://169.254.1.1/b").has_value());
}

TEST_CASE("303 turns everything but HEAD into a GET without a body") {
  const auto post =
      decide_redirect(asked(Method::post, "https://host/a", true), true, 303, "https://other/b");
  REQUIRE(post.has_value());
  CHECK(post->next.method == Method::get);
  CHECK_FALSE(post->next.with_body);
  CHECK(
      decide_redirect(asked(Method::head, "https://host/a"), true, 303, "/b").value().next.method ==
      Method::head);
}

TEST_CASE("301 and 302 are followed for requests that only read") {
  for (const int status : {301, 302}) {
    CHECK(decide_redirect(asked(Method::get, "https://host/a"), true, status, "/b").has_value());
    CHECK(decide_redirect(asked(Method::head, "https://host/a"), true, status, "/b").has_value());
    CHECK_FALSE(decide_redirect(asked(Method::post, "https://host/a", true), true, status, "/b")
                    .has_value());
    CHECK_FALSE(
        decide_redirect(asked(Method::delete_, "https://host/a"), true, status, "/b").has_value());
  }
}

TEST_CASE("307 and 308 keep method and body, and take the body to no other server") {
  for (const int status : {307, 308}) {
    const auto request = asked(Method::put, "https://host/a", true);
    const auto here = decide_redirect(request, true, status, "/b");
    REQUIRE(here.has_value());
    CHECK(here->next.method == Method::put);
    CHECK(here->next.with_body);
    const auto away = decide_redirect(request, true, status, "https://other/b");
    REQUIRE_FALSE(away.has_value());
    CHECK_THAT(away.error().message, ContainsSubstring("no other server"));
    CHECK_FALSE(decide_redirect(request, false, status, "/b").has_value());
  }
}

TEST_CASE("a refused redirect is told without its secrets") {
  const auto result = get_redirect("https://host/a?token=s3cret", "http://u:pw@other/?sig=s3cret");
  REQUIRE_FALSE(result.has_value());
  CHECK_THAT(result.error().message, !ContainsSubstring("s3cret") && !ContainsSubstring("pw"));
}

TEST_CASE("headers that may hold a token stay at home") {
  for (const char* name : {"Authorization", "Cookie", "PRIVATE-TOKEN", "X-Api-Key", "X-Gitea-OTP",
                           "Proxy-Authorization"}) {
    CHECK_FALSE(harmless_header(name));
  }
  CHECK(harmless_header("Accept"));
  CHECK(harmless_header("RANGE"));
}
