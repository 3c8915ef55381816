#include "plugins/audit-writer/serve/serve.hpp"

#include "common/settings/table.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {

step::Outcome serve(const Options& options, const step::Run& run) {
  const ServingOptions& given = options.publishing.serving;
  ServeOptions serving{.listen = given.listen,
                       .stages = given.stages,
                       .gate_url = given.gate_url,
                       .refresh = given.refresh,
                       .verify_every = given.verify_every,
                       .verify_full_every = given.verify_full_every,
                       .grace = given.grace,
                       .threads = static_cast<int>(given.threads)};
  for (const auto* token : {&given.token, &given.previous_token}) {
    if (!token->empty()) serving.tokens.push_back(token->reveal());
  }
  serving.client.user_agent = "audit-writer";
  serving.client.trust.ca_file = given.ca_file;
  serving.client.insecure = given.insecure;
  serving.client.proxy = given.proxy;
  const auto served = serve(serving, options.log, run.interrupt_fd);
  if (!served) return step::outcome_of(served.error());
  return {};
}

}  // namespace stagegate::audit_writer
