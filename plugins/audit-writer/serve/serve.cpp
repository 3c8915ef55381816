#include "plugins/audit-writer/serve/serve.hpp"

#include <optional>

#include "common/audit/verify/verify.hpp"
#include "common/http/listen_address.hpp"
#include "common/http/server.hpp"
#include "common/http/server_metrics.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/serve/service.hpp"
#include "plugins/audit-writer/serve/submission.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

audit::Stamp now() {
  return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// The checkpoint that the last verification ended with is known from then on, outside the volume:
// a log that has been rolled back since then is found out.
Inspector::Verify verifier(const audit::Layout& layout, const audit::VerifyKey& key) {
  return [layout, key, known = std::vector<std::string>()](bool quick) mutable {
    auto note = fs::read_file(layout.checkpoint());
    auto report = audit::verify(layout, {.key = key, .known = known, .quick = quick, .threads = 1});
    if (report && report->faultless() && note) known = {*std::move(note)};
    return report;
  };
}

GateWatch::Ask asker(const ServeOptions& options) {
  std::string url = options.gate_url;
  while (url.ends_with('/')) url.pop_back();
  const auto clock = std::make_shared<time::SystemClock>();
  const auto client = std::make_shared<http::Client>(options.client, *clock);
  return [clock, client, url = url + "/v1/status"]() -> Result<std::string> {
    http::Request request;
    request.url = url;
    request.timeout = std::chrono::seconds(5);
    request.deadline = clock->uptime() + std::chrono::seconds(8);
    request.most_body = std::size_t{1} << 20;
    auto response = client->send(request);
    if (!response) return forward(response.error());
    if (!response->ok()) return unknown(cat(url, " answered ", response->status));
    return std::move(response->body);
  };
}

Result<std::optional<audit::Log>> open_writing(const ServeOptions& options,
                                               const audit::LogSettings& settings) {
  if (options.tokens.empty()) return std::nullopt;
  audit::LogOptions log_options;
  log_options.writer = {.tool = "audit-writer"};
  auto log = audit::open_log(settings, log_options);
  if (!log) return forward(log.error());
  return std::optional<audit::Log>(*std::move(log));
}

}  // namespace

Result<> serve(const ServeOptions& options, const audit::LogSettings& settings, int interrupt_fd) {
  const auto trusted = audit::trusted_key(settings);
  if (!trusted) return forward(trusted.error());
  auto log = open_writing(options, settings);
  if (!log) return forward(log.error());
  const auto first = audit::open_view(settings);
  if (!first) return forward(first.error());

  const auto follower =
      std::make_shared<Follower>([settings] { return audit::open_view(settings); }, options.stages);
  follower->follow(now());
  const Background following([follower, every = options.refresh](Pause& pause) {
    while (pause.wait(every)) follower->follow(now());
  });
  const Inspector inspector(
      verifier(first->layout(), trusted->key),
      {.every = options.verify_every, .full_every = options.verify_full_every});
  std::optional<Scribe> scribe;
  if (*log) {
    scribe.emplace([writing = std::make_shared<audit::Log>(**std::move(log))](
                       const audit::Draft& draft) { return writing->append(draft); },
                   settings.audit_deadline);
  }
  std::optional<GateWatch> gate;
  if (!options.gate_url.empty()) gate.emplace(asker(options), options.gate_every);

  http::Metrics metrics;
  AuditService service({.options = options,
                        .layout = first->layout(),
                        .trusted = *trusted,
                        .follower = *follower,
                        .inspector = inspector,
                        .scribe = scribe ? &*scribe : nullptr,
                        .gate = gate ? &*gate : nullptr,
                        .now = now},
                       metrics);
  http::ServerMetrics server_metrics(metrics);
  http::ServerOptions server_options;
  server_options.limits.request.body_bytes = kLongestSubmission;
  server_options.threads = options.threads;
  server_options.observer = &server_metrics;
  server_options.at_once = {"/healthz", "/readyz", "/metrics"};
  auto server = http::Server::listen(options.listen, service.router(), server_options);
  if (!server) return forward(server.error());
  log::info(cat("serving ", http::shown_address(options.listen, server->port()), " from ",
                first->layout().directory.native()));
  if (!scribe) log::warning("nothing is stored: no token is set");
  auto ended = server->run(interrupt_fd, options.grace);
  log::info("stopped serving");
  return ended;
}

}  // namespace stagegate::audit_writer
