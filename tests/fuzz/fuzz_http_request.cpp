// Any bytes, cut anywhere, through the server's request reader and the router. Beyond "no crash":
// how the bytes are cut changes nothing, and no handler sees a path that is not in normal form.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/request_reader.hpp"
#include "common/http/router.hpp"

using namespace stagegate::http;

namespace {

// Larger than any input, so that where a chunk's line is cut cannot matter (it is held until it is
// whole).
constexpr RequestLimits kLimits{4096, 512};

void demand(bool holds) {
  if (!holds) std::abort();
}

ServerResponse answer(const ServerRequest& request) {
  demand(request.path.starts_with('/'));
  demand((request.path + "/").find("/./") == std::string::npos);
  demand((request.path + "/").find("/../") == std::string::npos);
  demand(request.path.find("//") == std::string::npos);
  demand(request.path.find('\0') == std::string::npos);
  demand(request.body.size() <= kLimits.body_bytes);
  for (const auto& [name, value] : request.fields) {
    demand(!name.empty() && value.find_first_of("\r\n") == std::string::npos);
  }
  return {};
}

Router router() {
  Router router;
  router.add("GET", "/", answer).add("GET", "/v1/status", answer).add("POST", "/v1/check", answer);
  router.add("GET", "/v1/promotions/{name}", answer)
      .add("GET", "/{a}", answer)
      .add("GET", "/{a}/{b}", answer);
  return router;
}

// The requests in these bytes and their answers, as text. What is said to the rest that is no
// request may depend on the cut: a chunk's line with an open quote is refused when its end is seen,
// waited for when it is not.
std::vector<std::string> answers(std::string_view bytes, std::size_t step) {
  static const Router routes = router();
  RequestReader reader(kLimits);
  std::vector<std::string> out;
  while (!bytes.empty() && reader.state() != RequestReader::State::refused) {
    reader.feed(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    (void)reader.must_say_continue();
    while (reader.state() == RequestReader::State::complete) {
      const auto [request, keep_alive, old_protocol] = reader.take();
      const int status = routes(request).status;
      out.push_back(request.method + ' ' + request.path + ' ' + request.body + ' ' +
                    std::to_string(status) + (keep_alive ? " on" : " end") +
                    (old_protocol ? " old" : ""));
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kLimits.header_bytes) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = data[0] == 0 ? 1 : data[0];
  demand(answers(bytes, bytes.size() + 1) == answers(bytes, step));
  return 0;
}
