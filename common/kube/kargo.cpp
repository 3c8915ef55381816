#include "common/kube/kargo.hpp"

#include "common/kube/status.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::kube {

using text::cat;
using text::Json;

namespace {

constexpr http::milliseconds kForOneAnswer{10'000};
constexpr std::size_t kMostBody = 64u << 20;  // all Freight of a project

Resource kind(std::string plural) {
  return {"kargo.akuity.io", "v1alpha1", std::move(plural)};
}

std::string path_in(const std::string& project, std::string_view below) {
  return cat("/v1beta1/projects/", text::percent_encode(project), "/", below);
}

http::Request request_to(const KargoApi& kargo, http::Method method, std::string_view path) {
  http::Request request;
  request.method = method;
  request.url = cat(kargo.url, path);
  request.auth = http::Bearer{kargo.token};
  request.timeout = kForOneAnswer;
  request.most_body = kMostBody;
  return request;
}

http::Request refresh_request(const KargoApi& kargo, const std::string& project,
                              std::string_view plural, const std::string& name) {
  auto request =
      request_to(kargo, http::Method::post,
                 path_in(project, cat(plural, "/", text::percent_encode(name), "/refresh")));
  request.repeatable = true;
  return request;
}

Result<> refresh_object(Api& api, const time::Clock& clock, const std::string& plural,
                        const std::string& project, const std::string& name) {
  const std::string fresh = cat(time::rfc3339(clock.now()), "+", clock.uptime().count());
  const Json annotations = Json().set("kargo.akuity.io/refresh", fresh);
  const Json patch = Json().set("metadata", Json().set("annotations", annotations));
  const auto patched = api.patch(kind(plural), project, name, Patch::merge, patch, Twice::harmless);
  if (!patched) return forward(patched.error());
  return {};
}

class InCluster : public Warehouses {
 public:
  InCluster(Api api, const time::Clock& clock) : api_(std::move(api)), clock_(clock) {}

  std::string_view way() const override { return "the Kubernetes API"; }
  void set_deadline(std::optional<std::chrono::milliseconds> deadline) override {
    api_.set_deadline(deadline);
  }

  Result<> refresh(const std::string& project, const std::string& warehouse) override {
    return refresh_object(api_, clock_, "warehouses", project, warehouse);
  }

  Result<Json> create_freight(const std::string& project, const Json& freight) override {
    return api_.create(kind("freights"), project, freight);
  }

  Result<> each_freight(const std::string& project, const std::string& alias,
                        const std::function<void(const Json&)>& each) override {
    ListQuery query;
    if (!alias.empty()) query.label_selector = cat("kargo.akuity.io/alias=", alias);
    const auto listed =
        api_.list(kind("freights"), project, query, [&](const Json& one) -> Result<> {
          each(one);
          return {};
        });
    if (!listed) return forward(listed.error());
    return {};
  }

 private:
  Api api_;
  const time::Clock& clock_;
};

class OfKargo : public Warehouses {
 public:
  OfKargo(http::Client client, KargoApi kargo)
      : client_(std::move(client)), kargo_(std::move(kargo)) {}

  std::string_view way() const override { return "Kargo's API"; }
  void set_deadline(std::optional<std::chrono::milliseconds> deadline) override {
    deadline_ = deadline;
  }

  Result<> refresh(const std::string& project, const std::string& warehouse) override {
    const auto response = send(refresh_request(kargo_, project, "warehouses", warehouse));
    if (!response) return forward(response.error());
    if (response->ok()) return {};
    return forward(failure_of_kargo(
        *response, cat("refresh warehouses.kargo.akuity.io ", warehouse, " in ", project)));
  }

  Result<Json> create_freight(const std::string& project, const Json& freight) override {
    auto request = request_to(kargo_, http::Method::post, "/v1beta1/resources");
    // Manifests in YAML, of which JSON is a part.
    request.headers.set("Content-Type", "text/plain");
    request.body = freight.dump();
    const std::string asked = cat("create freights.kargo.akuity.io in ", project);
    auto answer = answer_to(request, asked);
    if (!answer) return answer;
    const Json* results = answer->find("results");
    if (results != nullptr && results->array() != nullptr && results->array()->size() == 1) {
      const Json& result = results->array()->front();
      const Json* made = result.find("createdResourceManifest");
      if (made != nullptr && made->object() != nullptr) return *made;
      if (!result.text("error").empty()) {
        return unknown(cat("Kargo's API did not ", asked, ": ", result.text("error")));
      }
    }
    return no_answer(asked);
  }

  Result<> each_freight(const std::string& project, const std::string& alias,
                        const std::function<void(const Json&)>& each) override {
    const std::string asked = cat("list freights.kargo.akuity.io in ", project);
    if (!alias.empty()) return one_freight(project, alias, asked, each);
    const auto answer =
        answer_to(request_to(kargo_, http::Method::get, path_in(project, "freight")), asked);
    if (!answer) return forward(answer.error());
    const Json* groups = answer->find("groups");
    if (groups == nullptr || groups->object() == nullptr) return no_answer(asked);
    for (const auto& [name, group] : *groups->object()) {
      const Json* items = group.find("items");
      if (items == nullptr || items->array() == nullptr) continue;
      for (const Json& one : *items->array()) each(one);
    }
    return {};
  }

 private:
  static tl::unexpected<Failure> no_answer(const std::string& asked) {
    return unknown(cat("Kargo's API answered to ", asked,
                       " with something else: is this really its address?"));
  }

  Result<http::Response> send(http::Request request) {
    request.deadline = deadline_;
    request.most_redirects = 0;
    return client_.send(request);
  }

  Result<Json> answer_to(const http::Request& request, const std::string& asked) {
    const auto response = send(request);
    if (!response) return forward(response.error());
    if (!response->ok()) return forward(failure_of_kargo(*response, asked));
    auto answer = text::parse_json(response->body, {.bytes = kMostBody});
    if (!answer) return no_answer(asked);
    return answer;
  }

  Result<> one_freight(const std::string& project, const std::string& alias,
                       const std::string& asked, const std::function<void(const Json&)>& each) {
    const auto path = path_in(project, cat("freight/", text::percent_encode(alias)));
    const auto response = send(request_to(kargo_, http::Method::get, path));
    if (!response) return forward(response.error());
    if (response->status == 404) {
      // "No such Freight" and "no such path" are both 404; only the first is an answer.
      const auto said = text::parse_json(response->body);
      if (said && said->text("error").find("not found") != std::string_view::npos) return {};
    }
    if (!response->ok()) return forward(failure_of_kargo(*response, asked));
    const auto freight = text::parse_json(response->body, {.bytes = kMostBody});
    if (!freight || freight->object() == nullptr) return no_answer(asked);
    each(*freight);
    return {};
  }

  http::Client client_;
  KargoApi kargo_;
  std::optional<std::chrono::milliseconds> deadline_;
};

}  // namespace

Result<> wake_promotion(http::Client& client, const KargoApi& kargo, const std::string& project,
                        const std::string& promotion) {
  const auto response = client.send(refresh_request(kargo, project, "promotions", promotion));
  if (!response) return forward(response.error());
  if (response->ok()) return {};
  return unknown(cat("Kargo answered ", response->status, " to the refresh of promotion ",
                     promotion, " in ", project, ": it will look by itself at its next poll"));
}

Result<> wake_promotion(Api& api, const time::Clock& clock, const std::string& project,
                        const std::string& promotion) {
  return refresh_object(api, clock, "promotions", project, promotion);
}

Result<std::optional<std::string>> promotion_creator(Api& api, const std::string& project,
                                                     const std::string& promotion) {
  const auto object = api.get(kind("promotions"), project, promotion);
  if (!object) return forward(object.error());
  if (!*object) return std::nullopt;
  const Json* metadata = (*object)->find("metadata");
  const Json* annotations = metadata ? metadata->find("annotations") : nullptr;
  return std::string(annotations ? annotations->text("kargo.akuity.io/create-actor") : "");
}

std::unique_ptr<Warehouses> warehouses_in_cluster(Api api, const time::Clock& clock) {
  return std::make_unique<InCluster>(std::move(api), clock);
}
std::unique_ptr<Warehouses> warehouses_of_kargo(http::Client client, KargoApi kargo) {
  return std::make_unique<OfKargo>(std::move(client), std::move(kargo));
}

}  // namespace stagegate::kube
