// Any bytes as the body of POST /v1/break-glass, as JSON and as a form. Beyond "no crash": a gate
// without identity or log releases nothing, and what was understood keeps its bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "plugins/market-hours-check/serve/release_request.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

void read(const std::string& body, const std::string& type) {
  http::ServerRequest request;
  request.body = body;
  request.fields.emplace_back("content-type", type);
  const auto release = parse_release(request);
  if (!release) {
    demand(!release.error().message.empty());
    return;
  }
  demand(release->note.size() <= 16'000);
  demand(release->promotion.size() <= 253);
  demand(release->from_form || !release->confirmed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  read(body, "application/json");
  read(body, "application/x-www-form-urlencoded; charset=utf-8");
  return 0;
}
