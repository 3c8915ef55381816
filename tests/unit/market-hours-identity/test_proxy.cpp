// A header that says who it is counts only beside the proxy's secret.
#include "plugins/market-hours-check/identity/identity.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

Result<audit::Actor> ask(const std::vector<http::Field>& fields,
                         const std::string& secret = "s3cret-of-the-proxy",
                         Permitted permitted = {.break_glass = {"oncall"}, .approve = {}}) {
  ProxySettings settings;
  settings.secret = settings::Secret(secret);
  settings.permitted = std::move(permitted);
  ProxyIdentity identity(std::move(settings));
  http::ServerRequest request;
  request.fields = fields;
  return identity.identify({request, "", Act::break_glass, "stonks", "live"});
}

const http::Field kSecret{"x-stagegate-proxy-secret", "s3cret-of-the-proxy"};
const http::Field kUser{"x-forwarded-user", "ann@example.com"};
const http::Field kGroups{"x-forwarded-groups", "dev, oncall"};

Failure::Kind kind_of(const Result<audit::Actor>& answer) {
  REQUIRE_FALSE(answer);
  return answer.error().kind;
}

}  // namespace

TEST_CASE("the proxy's word counts beside its secret") {
  const auto actor = ask({kSecret, kUser, kGroups});
  REQUIRE(actor);
  CHECK(actor->name == "ann@example.com");
  CHECK(actor->via == "proxy");
}

TEST_CASE("without the secret, or with another, the header counts nothing") {
  CHECK(kind_of(ask({kUser, kGroups})) == Failure::Kind::usage);
  CHECK(kind_of(ask({{kSecret.first, "s3cret-of-the-proxx"}, kUser, kGroups})) ==
        Failure::Kind::usage);
  CHECK(kind_of(ask({{kSecret.first, ""}, kUser, kGroups})) == Failure::Kind::usage);
}

TEST_CASE("an empty secret opens for nobody") {
  CHECK_FALSE(ask({{kSecret.first, ""}, kUser, kGroups}, ""));
  CHECK_FALSE(ask({kUser, kGroups}, ""));
}

TEST_CASE("a header that came twice says nothing: one of them may be the caller's own") {
  CHECK(kind_of(ask({kSecret, kUser, {kUser.first, "eve@example.com"}, kGroups})) ==
        Failure::Kind::usage);
  CHECK(kind_of(ask({kSecret, kUser, kGroups, {kGroups.first, "oncall"}})) ==
        Failure::Kind::refused);
  CHECK_THAT(ask({kSecret, kUser, kUser, kGroups}).error().message,
             ContainsSubstring("remove what its callers send"));
  // Of somebody without groups, the proxy may say so with an empty one.
  CHECK(kind_of(ask({kSecret, kUser, {kGroups.first, ""}, kGroups})) == Failure::Kind::refused);
  CHECK(kind_of(ask({kSecret, {kUser.first, ""}, kUser, kGroups})) == Failure::Kind::usage);
}

TEST_CASE("no name, and no group that may, are told apart") {
  CHECK(kind_of(ask({kSecret, kGroups})) == Failure::Kind::usage);
  CHECK(kind_of(ask({kSecret, kUser})) == Failure::Kind::refused);
}
