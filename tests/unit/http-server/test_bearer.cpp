#include <string>
#include <vector>

#include "common/http/bearer.hpp"
#include "tests/catch.hpp"

using namespace stagegate::http;

namespace {

ServerResponse ask(const std::vector<std::string>& tokens, const std::string& authorization) {
  ServerRequest request;
  if (!authorization.empty()) request.fields.emplace_back("authorization", authorization);
  const auto handler =
      require_bearer(tokens, [](const ServerRequest&) { return ServerResponse(); });
  return handler(request);
}

std::string challenge(const ServerResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "WWW-Authenticate") return value;
  }
  return {};
}

}  // namespace

TEST_CASE(
    "any of the tokens lets a request through, so that one can be replaced while the other still "
    "works") {
  CHECK(ask({"old", "new"}, "Bearer old").status == 200);
  CHECK(ask({"old", "new"}, "Bearer new").status == 200);
  CHECK(ask({"old", "new"}, "bearer  new ").status == 200);
}

TEST_CASE("no token, half a token, a longer token and another scheme are all refused") {
  for (const char* authorization :
       {"Bearer ol", "Bearer oldd", "Bearer OLD", "Bearer", "Bearer ", "old", "Basic old",
        "Bearerold", "Bearer old new", "Bearer old,new"}) {
    INFO(authorization);
    const auto response = ask({"old", "new"}, authorization);
    CHECK(response.status == 401);
    CHECK(response.body.find("old\"") == std::string::npos);
  }
}

TEST_CASE("without a token that is not empty nothing gets through") {
  for (const auto& tokens : {std::vector<std::string>{}, std::vector<std::string>{"", ""}}) {
    CHECK(ask(tokens, "").status == 401);
    CHECK(ask(tokens, "Bearer ").status == 401);
    CHECK(ask(tokens, "Bearer x").status == 401);
  }
}

TEST_CASE("a refusal says how to ask, and whether a token was there at all") {
  CHECK(challenge(ask({"t"}, "")) == R"(Bearer realm="stagegate")");
  CHECK(challenge(ask({"t"}, "Basic dTpw")) == R"(Bearer realm="stagegate")");
  CHECK(challenge(ask({"t"}, "Bearer x")) == R"(Bearer realm="stagegate", error="invalid_token")");
}

TEST_CASE("the token of a request is what follows its scheme, whatever the scheme's case") {
  ServerRequest request;
  CHECK(bearer_of(request).empty());
  request.fields = {{"authorization", "bEaReR  a.b.c "}};
  CHECK(bearer_of(request) == "a.b.c");
  request.fields = {{"authorization", "Basic dTpw"}};
  CHECK(bearer_of(request).empty());
}
