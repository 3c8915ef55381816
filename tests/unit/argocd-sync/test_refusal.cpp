// What Argo CD's refusals mean. HTTP statuses do not tell: each row is a body as it sends it.
#include "common/text/json.hpp"
#include "plugins/argocd-sync/way/refusal.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using Why = Refusal::Why;

namespace {

Refusal refusal(int status, const std::string& body) {
  http::Response response;
  response.status = status;
  response.body = body;
  return refusal_of(response, "sync the Application a");
}

Refusal refusal(int status, int code, const std::string& message) {
  return refusal(
      status, text::Json().set("error", message).set("code", code).set("message", message).dump());
}

struct Row {
  int status;
  int code;
  const char* message;
  Why why;
  bool passing;
  const char* advice;
};

}  // namespace

TEST_CASE("each refusal is told apart by code and message") {
  const Row row = GENERATE(values<Row>({
      {400, 9, "another operation is already in progress", Why::busy, true, ""},
      {400, 9, "Unable to terminate operation. No operation is in progress", Why::idle, false, ""},
      {403, 7, "cannot sync: blocked by sync window", Why::windowed, false, ""},
      {500, 2, "error applying patch: testing value /spec failed", Why::moved, true, ""},
      {500, 13, "failed to update. Too many conflicts", Why::moved, true, ""},
      {409, 10, "object has been modified", Why::moved, true, ""},
      {400, 9, "cannot sync to x: auto-sync currently set to main", Why::other, false,
       "leave revisions away"},
      {400, 3, "application spec for a is invalid: InvalidSpecError: y", Why::other, false,
       "is the Git server up"},
      {401, 16, "invalid session: token has expired", Why::other, false, "the token is"},
      {403, 7, "permission denied: applications, sync, p/a, sub: x", Why::other, false,
       "does not exist"},
      {404, 5, "applications.argoproj.io \"a\" not found", Why::other, false, "app_namespace"},
      {503, 14, "connection refused", Why::other, true, ""},
  }));
  INFO(row.message);
  const auto told = refusal(row.status, row.code, row.message);
  CHECK(told.why == row.why);
  CHECK(told.failure.passing == row.passing);
  CHECK(told.failure.message.find(row.message) != std::string::npos);
  CHECK(told.failure.message.find(row.advice) != std::string::npos);
  CHECK(told.failure.kind == Failure::Kind::unknown);
}

TEST_CASE("what is not of Argo CD is told by its status") {
  CHECK(refusal(502, "<html>").failure.passing);
  CHECK_FALSE(refusal(415, "Invalid content type").failure.passing);
  CHECK(refusal(307, "").failure.message.find("https://") != std::string::npos);
  CHECK(refusal(404, "page not found").failure.message.find("with its path") != std::string::npos);
  CHECK(refusal(500, R"({"message": "x"})").why == Why::other);
}

TEST_CASE("a long message is cut") {
  CHECK(refusal(500, 2, std::string(100'000, 'x')).failure.message.size() < 1'500);
}
