// What Kargo knows and can be told, through the Kubernetes API or its own.
#pragma once

#include <optional>
#include <string>

#include "common/http/client.hpp"
#include "common/kube/api.hpp"
#include "common/result/result.hpp"

namespace stagegate::kube {

struct KargoApi {
  std::string url;    // "https://kargo.example.com"; empty: none
  std::string token;  // any that Kargo accepts
};

// Makes Kargo look at a waiting promotion now instead of at its next poll. Kargo's own API takes
// any token that it knows, whatever its owner may do else.
Result<> wake_promotion(http::Client& client, const KargoApi& kargo, const std::string& project,
                        const std::string& promotion);
// The same through the Kubernetes API, for clusters whose Kargo API cannot be reached: an
// annotation that is new each time. Needs `patch` on promotions, and, because Kargo's webhook asks
// for it, `promote` on the stage: more than a gate should be allowed to.
Result<> wake_promotion(Api& api, const time::Clock& clock, const std::string& project,
                        const std::string& promotion);

// Who made a promotion, in Kargo's own words ("email:alice@example.com", "kubernetes:...",
// "admin"); empty: Kargo itself, by auto-promotion. nullopt: there is no such promotion.
Result<std::optional<std::string>> promotion_creator(Api& api, const std::string& project,
                                                     const std::string& promotion);

}  // namespace stagegate::kube
