// The settings of the audit log, of who may break the glass and of who people are.
#include "plugins/market-hours-check/options.hpp"

namespace stagegate::market_hours {
namespace {

const std::vector<std::string> kDeciding = {"check", "wait", "serve"};
const std::vector<std::string> kOnce = {"check", "wait"};
const std::vector<std::string> kServing = {"serve"};

void declare_promotion(settings::Table& table, Options& o) {
  table.add(o.promotion,
            {.name = "promotion",
             .help = "Kargo's name of the promotion; what is decided about it is recorded, and a "
                     "break-glass grant is used up by it.",
             .verbs = kOnce});
  table.add(o.project, {.name = "project",
                        .help = "The project of the promotion, as grants and approvals name it.",
                        .verbs = kOnce});
  table.add(o.actor, {.name = "actor",
                      .help = "Who asked for the promotion.",
                      .ci = {"CI_PIPELINE_AUTHOR"},
                      .verbs = kOnce});
  table.add(o.repo, {.name = "repo",
                     .help = "With `pipeline`, the name of a promotion that has no other.",
                     .ci = {"CI_REPO"},
                     .verbs = kOnce});
  table.add(o.pipeline, {.name = "pipeline",
                         .help = "The number of the pipeline.",
                         .ci = {"CI_PIPELINE_NUMBER"},
                         .verbs = kOnce});
  table.add(o.approval_stages,
            {.name = "approval_stages",
             .help = "Promotions to these stages need somebody's approval, with a note, in the "
                     "audit log.",
             .verbs = kDeciding});
  table.add(o.require_second_person,
            {.name = "require_second_person",
             .help = "Whoever breaks the glass or approves must not be who asked for the "
                     "promotion.",
             .fallback = "false",
             .verbs = kDeciding});
}

void declare_identity(settings::Table& table, Options& o) {
  table.add(o.identity,
            {.name = "identity",
             .help = "How the service knows who people are; without it nobody can break the glass "
                     "or approve over HTTP.",
             .fallback = "none",
             .verbs = kServing,
             .choices = {"none", "kubernetes", "oidc", "proxy"}});
  table.add(o.break_glass_groups,
            {.name = "break_glass_groups",
             .help = "With oidc and proxy: who may break the glass; `*` is everybody known there.",
             .verbs = kServing});
  table.add(o.approval_groups,
            {.name = "approval_groups",
             .help = "With oidc and proxy: who may approve; `*` is everybody known there.",
             .verbs = kServing});
  table.add(o.oidc_issuer, {.name = "oidc_issuer",
                            .help = "The `iss` that tokens must have, exactly.",
                            .value = "URL",
                            .verbs = kServing});
  table.add(
      o.oidc_audience,
      {.name = "oidc_audience", .help = "The `aud` that tokens must be for.", .verbs = kServing});
  table.add(o.oidc_jwks, {.name = "oidc_jwks",
                          .help = "The provider's public keys (JWKS) as a file; read for each "
                                  "request.",
                          .value = "FILE",
                          .verbs = kServing});
  table.add(o.oidc_name_claim, {.name = "oidc_name_claim",
                                .help = "The claim that names the person.",
                                .fallback = "email",
                                .verbs = kServing});
  table.add(o.oidc_groups_claim, {.name = "oidc_groups_claim",
                                  .help = "The claim that lists the person's groups.",
                                  .fallback = "groups",
                                  .verbs = kServing});
  table.add(o.proxy_secret,
            {.name = "proxy_secret",
             .help = "What the sign-in proxy sends as X-Stagegate-Proxy-Secret; without it its "
                     "user header counts nothing.",
             .verbs = kServing});
  table.add(o.proxy_user_header, {.name = "proxy_user_header",
                                  .help = "The header in which the proxy names the person.",
                                  .fallback = "X-Forwarded-User",
                                  .verbs = kServing});
  table.add(o.proxy_groups_header, {.name = "proxy_groups_header",
                                    .help = "The header in which the proxy lists the groups.",
                                    .fallback = "X-Forwarded-Groups",
                                    .verbs = kServing});
}

void declare_kargo(settings::Table& table, Options& o) {
  table.add(o.kargo_url, {.name = "kargo_url",
                          .help = "Kargo's API: a released promotion is woken at once, and not "
                                  "only when it asks next.",
                          .value = "URL",
                          .verbs = kServing});
  table.add(o.kargo_token,
            {.name = "kargo_token", .help = "A token that Kargo's API takes.", .verbs = kServing});
  table.add(o.ca_file, {.name = "ca_file",
                        .help = "Authorities that Kargo's certificate is checked with, besides the "
                                "system's.",
                        .value = "FILE",
                        .verbs = kServing});
}

}  // namespace

void declare_log_options(settings::Table& table, Options& options) {
  declare_promotion(table, options);
  audit::declare_log_settings(table, options.log, kDeciding, {});
  declare_identity(table, options);
  kube::declare_cluster_settings(table, options.cluster, kServing);
  declare_kargo(table, options);
}

}  // namespace stagegate::market_hours
