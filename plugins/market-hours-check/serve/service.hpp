// What the gate answers over HTTP, without the sockets: from a request, the stages and the clock to
// a response.
//
// A "no" is never an error status: pollers take 4xx as the caller's mistake and 5xx as "ask again
// later". The only 503 is a stage that cannot be judged, which must keep waiting, not fail.
#pragma once

#include <string>

#include "common/http/metrics.hpp"
#include "common/http/request.hpp"
#include "common/http/router.hpp"
#include "common/text/json.hpp"
#include "common/time/clock.hpp"
#include "plugins/market-hours-check/serve/gate_metrics.hpp"
#include "plugins/market-hours-check/serve/memory.hpp"
#include "plugins/market-hours-check/serve/release.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {

// Must outlive the routers it makes. Threads may share it.
class GateService {
 public:
  // At least one stage. `clock` and `stages` must outlive the service.
  GateService(const ServeOptions& options, const Stages& stages, const time::Clock& clock);

  http::Router router();
  http::Metrics& metrics() { return metrics_; }

 private:
  using Request = http::ServerRequest;
  using Response = http::ServerResponse;

  Response status(const Request& request) const;
  Response check(const Request& request);
  Response ready() const;
  Response metrics_page() const;
  Response calendar(const Request& request) const;
  Response page() const;

  const Stage* find(std::string_view name) const;
  std::string known_stages() const;
  text::Json status_of(const Stage& stage) const;
  // `promotion` may be empty.
  text::Json links(const std::string& stage, const Question& about) const;
  Response decide(const Question& question, const Stage& stage, const Verdict& verdict);
  Result<Clearance> clear(const Question& question, const Verdict& verdict);
  Response conflict(const Question& question, const Stage& stage, const Verdict& verdict,
                    const std::string& message);
  Response answer(const Question& question, const Stage& stage, text::Json answer,
                  Decision decision, const Recalled& recalled);

  const ServeOptions& options_;
  const Stages& stages_;
  const time::Clock& clock_;
  PromotionMemory memory_;
  ReleaseDesk desk_{options_, stages_, memory_, clock_};
  http::Metrics metrics_;
  GateMetrics gate_metrics_{metrics_};
};

}  // namespace stagegate::market_hours
