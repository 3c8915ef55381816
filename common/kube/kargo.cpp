#include "common/kube/kargo.hpp"

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::kube {

using text::cat;

Result<> wake_promotion(http::Client& client, const KargoApi& kargo, const std::string& project,
                        const std::string& promotion) {
  http::Request request;
  request.method = http::Method::post;
  request.url = cat(kargo.url, "/v1beta1/projects/", text::percent_encode(project), "/promotions/",
                    text::percent_encode(promotion), "/refresh");
  request.auth = http::Bearer{kargo.token};
  request.repeatable = true;
  request.timeout = http::milliseconds(10'000);
  request.deadline = http::milliseconds(20'000);
  const auto response = client.send(request);
  if (!response) return forward(response.error());
  if (response->ok()) return {};
  return unknown(cat("Kargo answered ", response->status, " to the refresh of promotion ",
                     promotion, " in ", project, ": it will look by itself at its next poll"));
}

Result<std::optional<std::string>> promotion_creator(Api& api, const std::string& project,
                                                     const std::string& promotion) {
  const auto object = api.get({"kargo.akuity.io", "v1alpha1", "promotions"}, project, promotion);
  if (!object) return forward(object.error());
  if (!*object) return std::nullopt;
  const text::Json* metadata = (*object)->find("metadata");
  const text::Json* annotations = metadata ? metadata->find("annotations") : nullptr;
  return std::string(annotations ? annotations->text("kargo.akuity.io/create-actor") : "");
}

}  // namespace stagegate::kube
