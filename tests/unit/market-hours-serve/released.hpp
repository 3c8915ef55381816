// A gate service with an audit log, at which people can release what waits.
#pragma once

#include "plugins/market-hours-check/clearance/clearance.hpp"
#include "plugins/market-hours-check/identity/identity.hpp"
#include "tests/directory.hpp"
#include "tests/unit/market-hours-serve/gate_asked.hpp"

namespace stagegate::market_hours {

// Whoever says "ann" as a token is ann, who may do everything; "eve" is known and may not.
class Doorman : public Identity {
 public:
  Result<audit::Actor> identify(const Request& request) override {
    if (request.token == "ann") {
      return audit::Actor{
          .name = "ann@example.com", .kind = "human", .via = "test", .verified = true};
    }
    if (request.token == "eve") return fail(Failure::Kind::refused, "eve may not");
    if (request.token == "api-down") return unknown("the API does not answer");
    return usage("nobody knows this token");
  }
  bool takes_token() const override { return true; }
};

class Released {
 public:
  explicit Released(ClearanceRules given = {},
                    const std::string& stages = "[{ name: paper }, { name: live }]",
                    bool with_identity = true, bool with_log = true)
      : rules(std::move(given)) {
    if (with_log) make_log();
    clearing.emplace(rules, with_log ? std::make_shared<Books>(settings, audit::GrantRules{},
                                                               [this] { return now(); })
                                     : nullptr);
    ServeOptions options;
    options.clearing = &*clearing;
    options.identity = with_identity ? &doorman : nullptr;
    options.public_url = "https://gate.example.com/";
    options.wake = [this](const std::string& project, const std::string& promotion) -> Result<> {
      woken.push_back(project + "/" + promotion);
      return kargo_answers ? Result<>() : unknown("Kargo is not there");
    };
    gate.emplace(kOpen, stages, std::move(options));
  }

  audit::Stamp now() const {
    return gate ? audit::Stamp(gate->clock.now()) : audit::Stamp(instant_of(kOpen));
  }

  http::ServerResponse post(const std::string& path, const text::Json& body,
                            const std::string& token = "ann",
                            std::vector<http::Field> fields = {}) {
    http::ServerRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body.dump();
    request.fields = std::move(fields);
    request.fields.emplace_back("content-type", "application/json");
    if (!token.empty()) request.fields.emplace_back("authorization", "Bearer " + token);
    return gate->send(std::move(request));
  }

  // As a browser sends the form of a page.
  http::ServerResponse fill_in(const std::string& path, const std::string& body,
                               const std::string& cookie = std::string(32, 'a'),
                               const std::string& origin = "https://gate.example.com") {
    http::ServerRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    request.fields = {{"content-type", "application/x-www-form-urlencoded"},
                      {"origin", origin},
                      {"cookie", "stagegate_form=" + cookie}};
    return gate->send(std::move(request));
  }

  std::string page(const std::string& promotion = "p1", const std::string& stage = "live") {
    return gate
        ->get("/promotion",
              {{"project", "stonks-pipeline"}, {"stage", stage}, {"promotion", promotion}})
        .body;
  }

  text::Json check(const std::string& promotion = "p1") { return gate->check(question(promotion)); }

  ClearanceRules rules;
  audit::LogSettings settings;
  Doorman doorman;
  std::optional<Clearing> clearing;
  std::vector<std::string> woken;
  bool kargo_answers = true;
  std::optional<GateAsked> gate;

 private:
  void make_log() {
    const auto key = audit::SigningKey::generate("stonks-audit");
    settings.audit_log = (directory_ / "log").string();
    settings.audit_key = settings::Secret(key.text());
    std::filesystem::create_directory(settings.audit_log);
    audit::LogOptions options;
    options.now = [this] { return now(); };
    REQUIRE(audit::Log::init(audit::Layout{settings.audit_log}, key, options));
  }
  tests::Directory directory_;
};

// What a grant for the promotion p1 asks for.
inline text::Json plea(const std::string& promotion = "p1") {
  return text::Json()
      .set("project", "stonks-pipeline")
      .set("stage", "live")
      .set("promotion", promotion)
      .set("justification", "orders are lost, INC-42");
}
inline text::Json word(const std::string& decision = "approve") {
  return text::Json()
      .set("project", "stonks-pipeline")
      .set("stage", "live")
      .set("image_tag", "abc123")
      .set("decision", decision)
      .set("note", "tested for a week");
}

}  // namespace stagegate::market_hours
