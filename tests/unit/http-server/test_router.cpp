#include <stdexcept>
#include <string>

#include "common/http/router.hpp"
#include "tests/catch.hpp"

using namespace stagegate::http;

namespace {

Handler says(std::string text) {
  return [text = std::move(text)](const ServerRequest&) {
    ServerResponse response;
    response.body = text;
    return response;
  };
}

ServerRequest request(std::string method, std::string path) {
  ServerRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  return request;
}

std::string header(const ServerResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Router example() {
  Router router;
  router.add("GET", "/v1/promotions/{name}", [](const ServerRequest& asked) {
    ServerResponse response;
    response.body = "promotion " + *asked.param("name");
    return response;
  });
  router.add("GET", "/v1/promotions/latest", says("latest"));
  router.add("GET", "/v1/status", says("status"));
  router.add("POST", "/v1/status", says("posted"));
  router.add("POST", "/v1/check", says("check"));
  return router;
}

}  // namespace

TEST_CASE("a request goes to the handler of its path and method") {
  const Router router = example();
  CHECK(router(request("GET", "/v1/status")).body == "status");
  CHECK(router(request("POST", "/v1/status")).body == "posted");
  CHECK(router(request("POST", "/v1/check")).body == "check");
}

TEST_CASE("a name in a pattern stands for exactly one segment, and an exact path wins over it") {
  const Router router = example();
  CHECK(router(request("GET", "/v1/promotions/paper.01a b")).body == "promotion paper.01a b");
  CHECK(router(request("GET", "/v1/promotions/latest")).body == "latest");
  CHECK(router(request("GET", "/v1/promotions/")).status == 404);
  CHECK(router(request("GET", "/v1/promotions")).status == 404);
  CHECK(router(request("GET", "/v1/promotions/a/b")).status == 404);
}

TEST_CASE("paths are compared whole and with their case") {
  const Router router = example();
  for (const char* path : {"/", "/v1", "/v1/status/", "/V1/status", "/v1/statu", "/v1/statuses", "",
                           "v1/status", "*"}) {
    INFO(path);
    const auto response = router(request("GET", path));
    CHECK(response.status == 404);
    CHECK(response.content_type == "application/json");
    CHECK(response.route.empty());
  }
}

TEST_CASE("a known path with another method says which ones there are") {
  const Router router = example();
  const auto response = router(request("DELETE", "/v1/status"));
  CHECK(response.status == 405);
  CHECK(header(response, "Allow") == "GET, POST, HEAD, OPTIONS");
  CHECK(response.route == "/v1/status");
  CHECK(header(router(request("GET", "/v1/check")), "Allow") == "POST, OPTIONS");
  CHECK(router(request("get", "/v1/status")).status == 405);
}

TEST_CASE("HEAD asks the handler of GET, OPTIONS asks none") {
  const Router router = example();
  CHECK(router(request("HEAD", "/v1/status")).body == "status");
  CHECK(router(request("HEAD", "/v1/check")).status == 405);
  const auto options = router(request("OPTIONS", "/v1/check"));
  CHECK(options.status == 204);
  CHECK(header(options, "Allow") == "POST, OPTIONS");
  CHECK(router(request("OPTIONS", "*")).status == 204);
  CHECK(router(request("OPTIONS", "/nothing")).status == 404);
}

TEST_CASE("an answer names the route it came from, also when the handler threw") {
  Router router = example();
  router.add("GET", "/broken",
             [](const ServerRequest&) -> ServerResponse { throw std::runtime_error("secret"); });
  CHECK(router(request("GET", "/v1/promotions/a")).route == "/v1/promotions/{name}");
  const auto broken = router(request("GET", "/broken"));
  CHECK(broken.status == 500);
  CHECK(broken.route == "/broken");
  CHECK(broken.body.find("secret") == std::string::npos);
}

TEST_CASE("a pattern that is none is a mistake in the program") {
  Router router;
  CHECK_THROWS_AS(router.add("GET", "relative", says("")), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "", says("")), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/a{b}", says("")), std::logic_error);
  CHECK_THROWS_AS(router.add("GET", "/{}", says("")), std::logic_error);
  router.add("GET", "/a", says(""));
  CHECK_THROWS_AS(router.add("GET", "/a", says("")), std::logic_error);
}
