#include "plugins/audit-writer/publishing.hpp"

namespace stagegate::audit_writer {
namespace {

using Verbs = std::vector<std::string>;

const Verbs kServing = {"serve"};
const Verbs kReporting = {"report dora", "report compliance"};

void declare_reporting(settings::Table& table, ReportOptions& o) {
  table.add(o.period, {.name = "period",
                       .help = "The time that it is about: 2026, 2026-Q3, 2026-07, 2026-07-15, "
                               "2026-07-01/2026-08-15, 30d; by default this quarter.",
                       .value = "PERIOD",
                       .verbs = kReporting});
  table.add(o.production_stage, {.name = "production_stage",
                                 .help = "The stage that counts as production.",
                                 .fallback = "live",
                                 .verbs = {"report dora"}});
  table.add(o.approved_stages,
            {.name = "approved_stages",
             .help = "Stages for which a promotion without an approval is an exception.",
             .fallback = "live",
             .verbs = {"report compliance"}});
  table.add(o.gated_stages, {.name = "gated_stages",
                             .help = "Stages for which a promotion without a gate's answer is a "
                                     "gap in the evidence.",
                             .fallback = "paper,live",
                             .verbs = {"report compliance"}});
}

void declare_service(settings::Table& table, ServingOptions& o) {
  http::declare_serving_settings(
      table, o.serving,
      {.port = "8081",
       .token_help = "Bearer token that POST /v1/records asks for; give it as a file "
                     "(`token_file`). Without one nothing is stored.",
       .threads = "4"},
      kServing);
  table.add(o.stages, {.name = "stages",
                       .help = "The stages in the order in which the page shows them; others that "
                               "the log names follow.",
                       .fallback = "ci,integration-test,beta,paper,live",
                       .verbs = kServing});
}

void declare_watching(settings::Table& table, ServingOptions& o) {
  table.add(o.gate_url, {.name = "gate_url",
                         .help = "Where market-hours-check serves: the page shows what it says of "
                                 "each stage.",
                         .value = "URL",
                         .verbs = kServing});
  table.add(o.ca_file, {.name = "ca_file",
                        .help = "Certificates (PEM) that are trusted besides the system's.",
                        .value = "FILE",
                        .verbs = kServing});
  table.add(o.insecure, {.name = "insecure",
                         .help = "Do not look at the gate's certificate.",
                         .fallback = "false",
                         .verbs = kServing});
  table.add(o.proxy, {.name = "proxy",
                      .help = "The proxy for the gate; `none` for none, whatever the environment "
                              "says.",
                      .value = "URL",
                      .verbs = kServing});
  table.add(o.refresh, {.name = "refresh",
                        .help = "How often the log is read for records of other writers.",
                        .fallback = "2s",
                        .verbs = kServing});
  table.add(o.verify_every, {.name = "verify_every",
                             .help = "How often the log is verified quickly.",
                             .fallback = "10m",
                             .verbs = kServing});
  table.add(o.verify_full_every, {.name = "verify_full_every",
                                  .help = "How often it is verified in full; the first time at "
                                          "the start.",
                                  .fallback = "1d",
                                  .verbs = kServing});
}

}  // namespace

void declare_publishing_verbs(settings::Table& table) {
  table.verb({.name = "export",
              .help = "The records in another system's form, or the log as a C2SP tlog-tiles "
                      "folder.",
              .positionals = {"format"}});
  table.verb({.name = "report dora",
              .help = "How quickly and how safely changes reach production (also md, html)."});
  table.verb({.name = "report compliance",
              .help = "What an auditor asks for: all changes, exceptions, break-glass, gaps (also "
                      "md, html). Exit 4 when the log is not faultless."});
  table.verb({.name = "serve",
              .help = "Store records and show the log over HTTP: for pipelines and for people."});
}

void declare_publishing(settings::Table& table, PublishingOptions& options) {
  table.add(options.exporting.format, {.name = "format",
                                       .help = "The form.",
                                       .fallback = "jsonl",
                                       .verbs = {"export"},
                                       .choices = kFormats});
  declare_reporting(table, options.reporting);
  declare_service(table, options.service);
  declare_watching(table, options.service);
}

}  // namespace stagegate::audit_writer
