#include "plugins/market-hours-check/serve/serve.hpp"

#include "common/http/listen_address.hpp"
#include "common/http/server.hpp"
#include "common/http/server_metrics.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/market-hours-check/serve/service.hpp"

namespace stagegate::market_hours {

Result<> serve(const ServeOptions& options, const Stages& stages, time::Clock& clock,
               int interrupt_fd) {
  GateService service(options, stages, clock);
  http::ServerMetrics server_metrics(service.metrics());
  http::ServerOptions server_options;
  server_options.threads = options.threads;
  server_options.observer = &server_metrics;
  server_options.at_once = {"/healthz"};
  auto server = http::Server::listen(options.listen, service.router(), server_options);
  if (!server) return forward(server.error());

  std::vector<std::string> names;
  for (const Stage& stage : stages) names.push_back(stage.name);
  log::info(text::cat("serving ", http::shown_address(options.listen, server->port()), " for ",
                      text::join(names, ", ")));
  if (options.tokens.empty()) log::warning("POST /v1/check answers everybody: no token is set");
  if (options.simulated) {
    log::warning(text::cat("the clock is simulated: it shows ", time::rfc3339(clock.now())));
  }
  auto ended = server->run(interrupt_fd, options.grace);
  log::info("stopped serving");
  return ended;
}

}  // namespace stagegate::market_hours
