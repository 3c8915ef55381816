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

TEST_CASE("only what a server has failed at may pass by itself") {
  for (const int code : {408, 425, 429, 500, 502, 503, 504}) CHECK(failure(code, "{}").passing);
  for (const int code : {400, 401, 403, 404, 409, 410, 422, 501}) {
    CHECK_FALSE(failure(code, "{}").passing);
  }
}

TEST_CASE("Kargo's own API has its words in another place, and means the same by its codes") {
  http::Response response;
  response.status = 403;
  response.body = R"({"error":"freights is forbidden"})";
  CHECK(failure_of_kargo(response, "list freights in p").message ==
        "Kargo's API did not list freights in p: 403 freights is forbidden (whoever the token "
        "belongs to needs a Role with this verb on this resource)");
  response.status = 422;
  CHECK(failure_of_kargo(response, "x").kind == Failure::Kind::usage);
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
