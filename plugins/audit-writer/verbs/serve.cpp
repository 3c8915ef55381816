#include "plugins/audit-writer/serve/serve.hpp"

#include "common/settings/table.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {

step::Outcome serve(const Options& options, const step::Run& run) {
  const ServingOptions& given = options.publishing.service;
  auto tokens = http::tokens_of(given.serving);
  if (!tokens) return step::outcome_of(tokens.error());
  ServeOptions serving{.listen = given.serving.listen,
                       .tokens = *std::move(tokens),
                       .stages = given.stages,
                       .gate_url = given.gate_url,
                       .refresh = given.refresh,
                       .verify_every = given.verify_every,
                       .verify_full_every = given.verify_full_every,
                       .grace = given.serving.grace,
                       .threads = static_cast<int>(given.serving.threads)};
  serving.client.user_agent = "audit-writer";
  serving.client.trust.ca_file = given.ca_file;
  serving.client.insecure = given.insecure;
  serving.client.proxy = given.proxy;
  const auto served = serve(serving, options.log, run.interrupt_fd);
  if (!served) return step::outcome_of(served.error());
  return {};
}

}  // namespace stagegate::audit_writer
