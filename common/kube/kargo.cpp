#include "common/kube/kargo.hpp"

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::kube {

using text::cat;
using text::Json;

namespace {

const Resource kPromotions{"kargo.akuity.io", "v1alpha1", "promotions"};

}  // namespace

Result<> wake_promotion(http::Client& client, const KargoApi& kargo, const std::string& project,
                        const std::string& promotion) {
  http::Request request;
  request.method = http::Method::post;
  request.url = cat(kargo.url, "/v1beta1/projects/", text::percent_encode(project), "/promotions/",
                    text::percent_encode(promotion), "/refresh");
  request.auth = http::Bearer{kargo.token};
  request.repeatable = true;
  request.timeout = http::milliseconds(10'000);
  const auto response = client.send(request);
  if (!response) return forward(response.error());
  if (response->ok()) return {};
  return unknown(cat("Kargo answered ", response->status, " to the refresh of promotion ",
                     promotion, " in ", project, ": it will look by itself at its next poll"));
}

Result<> wake_promotion(Api& api, const time::Clock& clock, const std::string& project,
                        const std::string& promotion) {
  const std::string fresh = cat(time::rfc3339(clock.now()), "+", clock.uptime().count());
  const Json annotations = Json().set("kargo.akuity.io/refresh", fresh);
  const Json patch = Json().set("metadata", Json().set("annotations", annotations));
  const auto patched = api.patch(kPromotions, project, promotion, Patch::merge, patch);
  if (!patched) return forward(patched.error());
  return {};
}

Result<std::optional<std::string>> promotion_creator(Api& api, const std::string& project,
                                                     const std::string& promotion) {
  const auto object = api.get(kPromotions, project, promotion);
  if (!object) return forward(object.error());
  if (!*object) return std::nullopt;
  const Json* metadata = (*object)->find("metadata");
  const Json* annotations = metadata ? metadata->find("annotations") : nullptr;
  return std::string(annotations ? annotations->text("kargo.akuity.io/create-actor") : "");
}

}  // namespace stagegate::kube
