#include "common/http/serving.hpp"

#include "common/settings/secret.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

using text::cat;

void declare_serving_settings(settings::Table& table, ServingSettings& target,
                              const ServingWords& words, const std::vector<std::string>& verbs) {
  table.add(target.listen, {.name = "listen",
                            .help = cat("The address to serve on; `:", words.port,
                                        "` is every address of the machine."),
                            .value = "ADDRESS:PORT",
                            .fallback = cat("127.0.0.1:", words.port),
                            .verbs = verbs});
  table.add(target.token, {.name = "token", .help = words.token_help, .verbs = verbs});
  table.add(target.previous_token,
            {.name = "previous_token",
             .help = "A second token that is valid too, while tokens are being replaced.",
             .verbs = verbs});
  table.add(target.threads, {.name = "threads",
                             .help = "How many requests are answered at the same time.",
                             .fallback = words.threads,
                             .verbs = verbs,
                             .least = 1,
                             .most = 64});
  table.add(target.grace,
            {.name = "grace",
             .help = "How long requests under way may take when the program is asked to end.",
             .fallback = "10s",
             .verbs = verbs});
}

Result<std::vector<std::string>> tokens_of(const ServingSettings& settings) {
  std::vector<std::string> tokens;
  std::vector<std::string> faults;
  const auto take = [&](std::string_view name, const settings::Secret& secret) {
    if (secret.empty()) return;
    auto token = settings::bearer_token(name, secret);
    token ? tokens.push_back(*std::move(token)) : faults.push_back(token.error().message);
  };
  take("token", settings.token);
  take("previous_token", settings.previous_token);
  if (!faults.empty()) return usage(text::join(faults, "\n"));
  return tokens;
}

}  // namespace stagegate::http
