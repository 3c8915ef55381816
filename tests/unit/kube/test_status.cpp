#include "common/kube/status.hpp"
#include "tests/catch.hpp"

namespace stagegate::kube {
namespace {

Failure failure(int code, const std::string& body) {
  http::Response response;
  response.status = code;
  response.body = body;
  return failure_of(response, "list promotions in p");
}

TEST_CASE("what kind of failure a status is decides what its asker does next") {
  const std::pair<int, Failure::Kind> rows[] = {
      {400, Failure::Kind::usage},   {401, Failure::Kind::unknown},  {403, Failure::Kind::unknown},
      {404, Failure::Kind::unknown}, {409, Failure::Kind::conflict}, {410, Failure::Kind::conflict},
      {422, Failure::Kind::usage},   {429, Failure::Kind::unknown},  {500, Failure::Kind::unknown},
      {503, Failure::Kind::unknown},
  };
  for (const auto& [code, kind] : rows) {
    CAPTURE(code);
    CHECK(failure(code, "{}").kind == kind);
  }
}

TEST_CASE("the API's own words are told, and a proxy's page is not") {
  CHECK(
      failure(403, R"({"kind":"Status","message":"promotions is forbidden","code":403})").message ==
      "the Kubernetes API did not list promotions in p: 403 promotions is forbidden (the service "
      "account needs a Role with this verb on this resource)");
  for (const char* body : {"<html>gateway</html>", "", "[1]", R"({"message": 3})"}) {
    CHECK(failure(502, body).message ==
          "the Kubernetes API did not list promotions in p: 502 without a reason");
  }
}

TEST_CASE("a Status in the middle of a watch carries its code inside") {
  const auto status = text::parse_json(R"({"kind":"Status","code":410,"message":"too old"})");
  const auto gone = failure_of_status(status.value(), "watch promotions in p");
  CHECK(gone.kind == Failure::Kind::conflict);
  CHECK(gone.message == "the Kubernetes API did not watch promotions in p: 410 too old");
  CHECK(failure_of_status(text::Json("junk"), "watch").kind == Failure::Kind::unknown);
}

}  // namespace
}  // namespace stagegate::kube
