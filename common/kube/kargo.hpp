// What Kargo knows and can be told, through the Kubernetes API or its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
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

// Where Freight comes from and is kept, whichever of the two ways leads there. Belongs to one
// thread at a time.
class Warehouses {
 public:
  virtual ~Warehouses() = default;
  // "the Kubernetes API"
  virtual std::string_view way() const = 0;
  // On the clock's uptime, for everything asked from now on.
  virtual void set_deadline(std::optional<std::chrono::milliseconds> deadline) = 0;
  // Makes Kargo look for new images now instead of at its next poll. Needs `patch` on warehouses
  // for the Kubernetes API, and any token that Kargo knows for its own.
  virtual Result<> refresh(const std::string& project, const std::string& warehouse) = 0;
  // What Kargo has made of it. Needs `create` on freights. Is not tried twice by itself.
  virtual Result<text::Json> create_freight(const std::string& project,
                                            const text::Json& freight) = 0;
  // That has the alias; with an empty one, all of the project. Needs `list` on freights, and `get`
  // for Kargo's own API.
  virtual Result<> each_freight(const std::string& project, const std::string& alias,
                                const std::function<void(const text::Json&)>& each) = 0;
};
std::unique_ptr<Warehouses> warehouses_in_cluster(Api api, const time::Clock& clock);
std::unique_ptr<Warehouses> warehouses_of_kargo(http::Client client, KargoApi kargo);

}  // namespace stagegate::kube
