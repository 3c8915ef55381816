// What the Kubernetes API answers, as audit-writer's watch reads it: Stages, Freight, Promotions,
// Events and Statuses, which whoever may write such objects fills as they like. Beyond "no crash":
// every fact that can be recorded becomes a record that the log takes. The first byte chooses the
// kind.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/audit/record/record.hpp"
#include "common/kube/status.hpp"
#include "plugins/audit-writer/watch/record.hpp"
#include "plugins/audit-writer/watch/scene.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

// As Kubernetes lets objects be called. What an Event calls by another name is refused.
bool is_name(std::string_view text) {
  const auto inside = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
  };
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), inside) &&
         text.front() > '.' && text.back() > '.';
}

void record(const Scene& scene, const Fact& fact) {
  demand(!fact.event.empty() && !fact.key.empty());
  if (!is_name(fact.project) || !is_name(fact.stage)) return;
  (void)scene.is_approved(fact);
  const Surroundings surroundings{
      .freight = scene.freight_of(fact).value_or(Freight{}),
      .source_stage = scene.source_of(fact),
      .kargo_url = "https://kargo.example.com",
  };
  demand(audit::check_draft(draft_of(fact, surroundings, {"1", "host"})).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  http::Response response;
  response.status = 403;
  response.body = bytes;
  demand(!kube::failure_of(response, "get it").message.empty());
  const auto object = text::parse_json(bytes);
  if (!object) return 0;
  demand(!kube::failure_of_status(*object, "get it").message.empty());

  const auto kind = static_cast<Kind>(data[0] % 4);
  const auto seen = (data[0] & 4) == 0 ? kube::Seen::listed : kube::Seen::deleted;
  Scene scene("registry.example.com/app");
  for (const Fact& fact : scene.take(kind, seen, *object)) record(scene, fact);
  // With all that the same object says as another kind in mind.
  (void)scene.take(Kind::stage, kube::Seen::listed, *object);
  (void)scene.take(Kind::freight, kube::Seen::listed, *object);
  for (const Fact& fact : scene.take(kind, seen, *object)) record(scene, fact);
  return 0;
}
