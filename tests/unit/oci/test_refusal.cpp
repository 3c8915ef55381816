#include "common/oci/refusal.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::oci;
using Kind = Refusal::Kind;

namespace {

Refusal refusal(int status, http::Method method = http::Method::get, std::string body = {}) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return refusal_of(response, method, "GET it", "as bob");
}

}  // namespace

TEST_CASE("each status has a meaning, and some pass") {
  CHECK(refusal(404).kind == Kind::absent);
  CHECK_FALSE(refusal(404).passing);
  CHECK(refusal(401).kind == Kind::credential);
  CHECK(refusal(403).kind == Kind::denied);
  for (const int status : {408, 425, 429}) CHECK(refusal(status).kind == Kind::busy);
  for (const int status : {499, 500, 502, 503, 504, 522}) {
    CHECK(refusal(status).kind == Kind::broken);
    CHECK(refusal(status).passing);
  }
  CHECK(refusal(405, http::Method::put).kind == Kind::read_only);
  CHECK(refusal(405, http::Method::put).passing);
  CHECK(refusal(405).kind == Kind::strange);
  CHECK(refusal(400).kind == Kind::strange);
}

TEST_CASE("the registry's own words are shown, whatever their form") {
  CHECK(refusal(403, http::Method::get, R"({"errors":[{"code":"DENIED","message":"not yours"}]})")
            .failure.message.find("DENIED: \"not yours\"") != std::string::npos);
  CHECK(refusal(502, http::Method::get, "<html>\x1b[31mred").failure.message.find("\x1b") ==
        std::string::npos);
  CHECK(refusal(500, http::Method::get, std::string(100'000, 'x')).failure.message.size() < 500);
  CHECK(
      short_words(refusal(404, http::Method::get, R"({"errors":[{"code":"MANIFEST_UNKNOWN"}]})")) ==
      "404 MANIFEST_UNKNOWN");
}

TEST_CASE("a proxy that drops the Accept header is found out") {
  const auto found = refusal(404, http::Method::get,
                             R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"OCI manifest )"
                             R"(found, but accept header does not support OCI manifests"}]})");
  CHECK(found.kind == Kind::strange);
  CHECK(found.failure.message.find("proxy") != std::string::npos);
}

TEST_CASE("a deadline is for whoever has set it to make something of") {
  CHECK(refusal_of(Failure{Failure::Kind::deadline, "late"}).passing);
  CHECK(refusal_of(Failure{Failure::Kind::unknown, "cut off", true}).passing);
  CHECK_FALSE(refusal_of(Failure{Failure::Kind::unknown, "wrong certificate"}).passing);
  CHECK(refusal_of(Failure{Failure::Kind::unknown, "cut off", true}).kind == Kind::unreachable);
}
