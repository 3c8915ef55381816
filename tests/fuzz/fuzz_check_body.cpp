// Any bytes as the body of POST /v1/check, asked twice. Beyond "no crash": the answer is 200 or 400
// and never another, it is JSON, and the same question twice gets the same decision.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "plugins/market-hours-check/serve/service.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

Stages stages() {
  GateSettings settings;
  settings.calendar = "xnys";
  auto read = read_stages(nullptr, settings);
  demand(read.has_value());
  return *std::move(read);
}

struct Served {
  ServeOptions options;
  Stages known = stages();
  // A Tuesday's noon in New York.
  time::ManualClock clock{*time::parse_instant("2026-11-24T17:00:00Z")};
  GateService service{options, known, clock};
  http::Router router = service.router();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Served served;
  http::ServerRequest request;
  request.method = "POST";
  request.path = "/v1/check";
  request.body.assign(reinterpret_cast<const char*>(data), size);
  const auto first = served.router(request);
  const auto second = served.router(request);
  demand(first.status == 200 || first.status == 400);
  demand(second.status == first.status);
  const auto answer = text::parse_json(first.body);
  const auto again = text::parse_json(second.body);
  demand(answer && again);
  demand(answer->text("decision") == again->text("decision"));
  // The market is open: whatever is asked, the gate stays shut.
  demand(answer->text("decision") != "allow");
  return 0;
}
