// A gate service with a clock that the test sets, asked without sockets.
#pragma once

#include "common/text/text.hpp"
#include "common/text/yaml.hpp"
#include "plugins/market-hours-check/serve/service.hpp"
#include "tests/catch.hpp"

namespace stagegate::market_hours {

inline time::Instant instant_of(const std::string& text) {
  const auto parsed = time::parse_instant(text);
  REQUIRE(parsed);
  return *parsed;
}

inline text::YamlNode yaml_of(const std::string& text) {
  const auto parsed = text::parse_yaml(text);
  REQUIRE(parsed);
  return *parsed;
}

inline GateSettings settings_of(const std::string& calendar) {
  GateSettings settings;
  settings.calendar = calendar;
  return settings;
}

// Tuesday, 2026-11-24: the session is from 14:30Z to 21:00Z.
inline const std::string kBeforeOpen = "2026-11-24T13:00:00Z";
inline const std::string kOpen = "2026-11-24T18:00:00Z";
inline const std::string kAfterClose = "2026-11-24T21:00:00Z";

class GateAsked {
 public:
  explicit GateAsked(const std::string& at,
                     const std::string& stages = "[{ name: paper }, { name: live }]",
                     ServeOptions serve_options = {}, const std::string& calendar = "xnys")
      : options(std::move(serve_options)), clock(instant_of(at)) {
    const auto node = yaml_of(stages);
    auto read = read_stages(&node, settings_of(calendar));
    REQUIRE(read);
    stages_ = *std::move(read);
  }

  void at(const std::string& instant) { clock.set(instant_of(instant)); }

  http::ServerResponse send(http::ServerRequest request) { return router(request); }

  http::ServerResponse get(const std::string& path, std::vector<http::Field> query = {}) {
    http::ServerRequest request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    return send(std::move(request));
  }

  http::ServerResponse post(const std::string& body, const std::string& authorization = "") {
    http::ServerRequest request;
    request.method = "POST";
    request.path = "/v1/check";
    request.body = body;
    if (!authorization.empty()) request.fields.emplace_back("authorization", authorization);
    return send(std::move(request));
  }

  static text::Json body_of(const http::ServerResponse& response) {
    const auto parsed = text::parse_json(response.body);
    REQUIRE(parsed);
    return *parsed;
  }

  text::Json status(const std::string& stage = "") {
    const auto response = get("/v1/status", {{"stage", stage}});
    CHECK(response.status == 200);
    return body_of(response);
  }

  // Asks and demands 200.
  text::Json check(const text::Json& question) {
    const auto response = post(question.dump());
    REQUIRE(response.status == 200);
    return body_of(response);
  }

  std::string metrics() { return get("/metrics").body; }

  ServeOptions options;
  time::ManualClock clock;

 private:
  Stages stages_;

 public:
  GateService service{options, stages_, clock};
  http::Router router = service.router();
};

inline text::Json question(const std::string& promotion, const std::string& stage = "live") {
  return text::Json()
      .set("project", "stonks-pipeline")
      .set("stage", stage)
      .set("promotion", promotion)
      .set("freight", "f00d")
      .set("image_tag", "abc123");
}

}  // namespace stagegate::market_hours
