#include "plugins/audit-writer/options.hpp"

namespace stagegate::audit_writer {
namespace {

using Verbs = std::vector<std::string>;

const Verbs kAppending = {"append"};
const Verbs kGranting = {"grant"};
const Verbs kWriters = {"append",       "import",        "grant",   "revoke", "review",
                        "redact",       "repair",        "recover", "init",   "doctor",
                        "stage enable", "stage disable", "serve",   "watch"};
const Verbs kReaders = {"history", "current", "show",   "where",       "diff",
                        "proof",   "verify",  "export", "report dora", "report compliance"};
const Verbs kSayingWho = {"append", "grant",   "revoke",       "review",       "redact",
                          "repair", "recover", "stage enable", "stage disable"};
const Verbs kSayingWhy = {"append",  "revoke",       "redact",       "repair",
                          "recover", "stage enable", "stage disable"};

Verbs with(Verbs verbs, const std::string& more) {
  verbs.push_back(more);
  return verbs;
}

void declare_verbs(settings::Table& table) {
  table.verb(
      {.name = "append",
       .help = "Store one record, durably, and print the signed checkpoint that proves it."});
  table.verb({.name = "init", .help = "Make a new log, once, in an empty directory."});
  table.verb({.name = "keygen", .help = "Make a signing key; print the key that verifies."});
  table.verb({.name = "import",
              .help = "Store the records that a failed step has printed (AUDIT-PENDING), from a "
                      "file or stdin.",
              .positionals = {"from"}});
  table.verb({.name = "grant",
              .help = "Break the glass: let one promotion through a gate that blocks it."});
  table.verb({.name = "revoke", .help = "Take a grant back.", .positionals = {"grant"}});
  table.verb({.name = "review",
              .help = "Record that the use of a grant has been looked at afterwards.",
              .positionals = {"grant"}});
  table.verb({.name = "stage enable",
              .help = "Record that a stage takes part in promotions again.",
              .positionals = {"stage"}});
  table.verb({.name = "stage disable",
              .help = "Record that promotions leave a stage out.",
              .positionals = {"stage"}});
  table.verb({.name = "current",
              .help = "Which image tag each stage runs, since when, by whom.",
              .positionals = {"stage"}});
  table.verb({.name = "history",
              .help = "The records, all or some (also jsonl, csv, html, md).",
              .positionals = {"stage"}});
  table.verb({.name = "show", .help = "One record, whole.", .positionals = {"record"}});
  table.verb({.name = "where",
              .help = "Which stages an image tag has been in, and is in now.",
              .positionals = {"tag"}});
  table.verb({.name = "diff",
              .help = "What differs between two stages, or between two times: exit 0 when nothing "
                      "does, 1 when something does.",
              .positionals = {"left", "right"}});
  table.verb({.name = "proof",
              .help = "Proof that a record stands in the log, for somebody who does not have it.",
              .positionals = {"record", "to"}});
  table.verb(
      {.name = "verify", .help = "Has anybody changed the log? Exit 0 when not, 4 when so."});
  table.verb({.name = "repair", .help = "Put right what a crash or a foreign hand left behind."});
  table.verb({.name = "recover",
              .help = "Go on after records were lost: keep the old log, begin a new one."});
  table.verb({.name = "redact",
              .help = "Take a record's content away, and keep its place provable.",
              .positionals = {"record"}});
  table.verb({.name = "doctor", .help = "Is this directory fit for the log, and the key its own?"});
  declare_publishing_verbs(table);
}

void declare_people(settings::Table& table, Options& o) {
  table.add(o.operator_name,
            {.name = "operator",
             .help = "Who did it; by default the author of the pipeline, as the CI says. In "
                     "history: only records of this person.",
             .verbs = with(with(kSayingWho, "history"), "export")});
  table.add(o.operator_kind, {.name = "operator_kind",
                              .help = "What the operator is; by default told from the CI.",
                              .verbs = kSayingWho,
                              .choices = {"human", "service", "unknown"}});
  table.add(o.record.approver, {.name = "approver",
                                .help = "Who approved, where that is somebody else.",
                                .verbs = kAppending});
  table.add(o.notes, {.name = "notes",
                      .help = "What people should know; cut after 16 KiB, with the hash of the "
                              "whole.",
                      .verbs = {"append", "review"}});
  table.add(o.record.notes_file, {.name = "notes_file",
                                  .help = "The notes, from a file.",
                                  .value = "FILE",
                                  .verbs = kAppending});
  table.add(o.reason,
            {.name = "reason",
             .help = "The cause in a few words, for example `market_open: closes 21:00Z`.",
             .verbs = kSayingWhy});
}

void declare_promotion(settings::Table& table, Options& o) {
  RecordOptions& r = o.record;
  table.add(r.event, {.name = "event",
                      .help = "What has happened: promotion.succeeded, gate.passed, ...; "
                              "promotion.finished is told from the pipeline's status.",
                      .value = "TYPE.EVENT",
                      .verbs = kAppending});
  table.add(o.type, {.name = "type",
                     .help = "The type, when the event does not name it. In history: only records "
                             "of this type or event (gate, promotion.succeeded).",
                     .value = "TYPE[.EVENT]",
                     .verbs = {"append", "history", "export"}});
  table.add(o.project, {.name = "project",
                        .help = "The project; append takes the repository's name by default.",
                        .verbs = {"append", "grant", "history", "export", "report dora",
                                  "report compliance"}});
  table.add(r.source_stage, {.name = "source_stage",
                             .help = "Where the image came from; none for the first stage.",
                             .verbs = kAppending});
  table.add(r.target_stage, {.name = "target_stage",
                             .help = "The stage that it is about.",
                             .ci = {"CI_PIPELINE_DEPLOY_TARGET"},
                             .verbs = kAppending});
  table.add(r.image_tag, {.name = "image_tag",
                          .help = "The image tag that it is about.",
                          .ci = {"CI_COMMIT_SHA"},
                          .verbs = kAppending});
  table.add(r.previous_tag,
            {.name = "previous_tag", .help = "What the stage ran before.", .verbs = kAppending});
  table.add(r.images, {.name = "images",
                       .help = "What the tag resolved to: name@sha256:... of each image.",
                       .verbs = kAppending});
  table.add(r.images_from,
            {.name = "images_from",
             .help = "The same from a file: the result of registry-tag-watch, JSON, or lines.",
             .value = "FILE",
             .verbs = kAppending});
  table.add(r.commit, {.name = "commit",
                       .help = "The commit that the image was built from; by default the "
                               "pipeline's, if the tag is its own.",
                       .verbs = kAppending});
  table.add(r.commit_time,
            {.name = "commit_time", .help = "When that was committed.", .verbs = kAppending});
}

void declare_circumstances(settings::Table& table, Options& o) {
  RecordOptions& r = o.record;
  table.add(r.outcome, {.name = "outcome",
                        .help = "The outcome, where it is not the event's usual one.",
                        .verbs = kAppending,
                        .choices = {"success", "failure", "blocked", "aborted", "error", "pending",
                                    "unknown"}});
  table.add(r.occurred_at,
            {.name = "occurred_at", .help = "When it happened, if not now.", .verbs = kAppending});
  table.add(r.duration, {.name = "duration", .help = "How long it took.", .verbs = kAppending});
  table.add(
      r.rollback,
      {.name = "rollback", .help = "Whether it goes back to an older image.", .verbs = kAppending});
  table.add(r.fixes, {.name = "fixes",
                      .help = "Failed promotions that this one recovers from.",
                      .verbs = kAppending});
  table.add(
      r.change_ref,
      {.name = "change_ref", .help = "Ticket, incident or pull request.", .verbs = kAppending});
  table.add(o.gate, {.name = "gate",
                     .help = "The gate that decided; of a grant, the one that it opens, by default "
                             "market-hours.",
                     .verbs = {"append", "grant"}});
  table.add(r.gate_evaluated_at,
            {.name = "gate_evaluated_at", .help = "When it decided.", .verbs = kAppending});
  table.add(
      r.gate_next_change_at,
      {.name = "gate_next_change_at", .help = "When its answer will change.", .verbs = kAppending});
  table.add(r.evidence, {.name = "evidence",
                         .help = "A file of evidence, such as inttest-results.json: its SHA-256 "
                                 "is recorded.",
                         .value = "FILE",
                         .verbs = kAppending});
  table.add(r.evidence_url,
            {.name = "evidence_url", .help = "Where the evidence is kept.", .verbs = kAppending});
  table.add(r.counts, {.name = "counts",
                       .help = "Figures of the gate, such as passed=120,failed=0.",
                       .verbs = kAppending});
}

void declare_source(settings::Table& table, Options& o) {
  RecordOptions& r = o.record;
  table.add(r.system, {.name = "system",
                       .help = "Where the fact comes from; by default the CI that runs the step.",
                       .verbs = kAppending,
                       .choices = {"woodpecker", "kargo", "argocd", "argo-rollouts",
                                   "gitea-actions", "cli", "other"}});
  table.add(o.promotion, {.name = "promotion",
                          .help = "Kargo's name of the promotion.",
                          .verbs = {"append", "grant", "history", "export"}});
  table.add(r.freight,
            {.name = "freight", .help = "Kargo's name of the freight.", .verbs = kAppending});
  table.add(r.application,
            {.name = "application", .help = "The Argo CD application.", .verbs = kAppending});
  table.add(r.url, {.name = "url",
                    .help = "Where to look at it; by default the step in the CI.",
                    .value = "URL",
                    .verbs = kAppending});
  table.add(r.anchor, {.name = "anchor",
                       .help = "Of log.anchored: where a checkpoint is kept.",
                       .verbs = kAppending});
  table.add(r.extra, {.name = "extra",
                      .help = "More members for the record's `x`; their names begin with x_ or are "
                              "reversed domain names.",
                      .verbs = kAppending});
  table.add(r.idempotency_key,
            {.name = "idempotency_key",
             .help = "Records with one key are stored once; by default told from the pipeline, the "
                     "step and the event.",
             .value = "KEY",
             .verbs = kAppending});
  table.add(r.echo, {.name = "echo",
                     .help = "Print the whole record, too: a copy outside the log.",
                     .fallback = "false",
                     .verbs = kAppending});
}

void declare_granting(settings::Table& table, Options& o) {
  GrantOptions& g = o.grant;
  table.add(g.justification, {.name = "justification",
                              .help = "Why it cannot wait, in at least 10 characters.",
                              .verbs = kGranting,
                              .required = true});
  table.add(g.incident_ref,
            {.name = "incident_ref", .help = "The incident's ticket.", .verbs = kGranting});
  table.add(g.expires, {.name = "expires",
                        .help = "How long the grant can be used, at most 4 hours.",
                        .fallback = "1h",
                        .verbs = kGranting});
  table.add(g.not_before,
            {.name = "not_before", .help = "From when on, if not now.", .verbs = kGranting});
  table.add(g.grant, {.name = "grant",
                      .help = "The id of the grant.",
                      .value = "ID",
                      .verbs = {"revoke", "review"},
                      .required = true});
}

void declare_asking(settings::Table& table, Options& o) {
  QueryOptions& q = o.query;
  table.add(o.stage,
            {.name = "stage",
             .help = "The stage; a query without one looks at all.",
             .verbs = {"grant", "stage enable", "stage disable", "current", "history", "export"}});
  table.add(o.tag, {.name = "tag",
                    .help = "The image tag; queries take its first 7 and more characters, too.",
                    .verbs = {"grant", "history", "export", "where"}});
  table.add(q.since, {.name = "since",
                      .help = "Records from then on: 2026-11-24, 2026-11-24T12:00:00Z, or how long "
                              "ago: 7d.",
                      .value = "TIME",
                      .verbs = {"history", "export"}});
  table.add(q.until, {.name = "until",
                      .help = "Records before then.",
                      .value = "TIME",
                      .verbs = {"history", "export"}});
  table.add(q.at, {.name = "at",
                   .help = "As it was then, by what had been recorded.",
                   .value = "TIME",
                   .verbs = {"current"}});
  table.add(q.break_glass, {.name = "break_glass",
                            .help = "Only records of broken glass: grants, their use, and what "
                                    "went through with them.",
                            .fallback = "false",
                            .verbs = {"history", "export"}});
  table.add(q.limit, {.name = "limit",
                      .help = "Only the newest so many; 0 is all.",
                      .fallback = "0",
                      .verbs = {"history"},
                      .least = 0,
                      .most = 1'000'000});
  table.add(q.record, {.name = "record",
                       .help = "The record: its number, or its id.",
                       .value = "SEQ|ID",
                       .verbs = {"show", "proof", "redact"},
                       .required = true});
  table.add(q.left, {.name = "left",
                     .help = "A stage, or a time.",
                     .value = "STAGE|TIME",
                     .verbs = {"diff"},
                     .required = true});
  table.add(q.right, {.name = "right",
                      .help = "What to compare it with: a stage, or a time.",
                      .value = "STAGE|TIME",
                      .verbs = {"diff"},
                      .required = true});
  table.add(q.to, {.name = "to",
                   .help = "Write the record and its proof into this directory instead.",
                   .value = "DIR",
                   .verbs = {"proof", "export"}});
}

void declare_care(settings::Table& table, Options& o) {
  VerifyOptions& v = o.verify;
  CareOptions& c = o.care;
  table.add(v.known, {.name = "known",
                      .help = "Files with checkpoints that were kept elsewhere: notes, logs of the "
                              "CI, JSON results.",
                      .value = "FILE,...",
                      .verbs = {"verify", "report compliance"}});
  table.add(v.strict, {.name = "strict",
                       .help = "Check what the records say as well, not only that nobody changed "
                               "them.",
                       .fallback = "false",
                       .verbs = {"verify"}});
  table.add(v.quick, {.name = "quick",
                      .help = "Only the checkpoint, the newest records and the tiles.",
                      .fallback = "false",
                      .verbs = {"verify"}});
  table.add(v.threads, {.name = "threads",
                        .help = "How many threads; 0 is one for each core.",
                        .fallback = "0",
                        .verbs = {"verify"},
                        .least = 0,
                        .most = 256});
  table.add(c.origin, {.name = "origin",
                       .help = "The log's name, for good: a domain of yours and a path, such as "
                               "example.com/audit/stonks.",
                       .value = "NAME",
                       .verbs = {"init", "keygen"}});
  table.add(c.key_out, {.name = "key_out",
                        .help = "Make the signing key and write it to this new file.",
                        .value = "FILE",
                        .verbs = {"init", "keygen", "recover"}});
  table.add(c.new_log, {.name = "new_log",
                        .help = "The directory of the log that goes on.",
                        .value = "DIRECTORY",
                        .verbs = {"recover"}});
  table.add(c.from, {.name = "from",
                     .help = "The file to read; without one, stdin.",
                     .value = "FILE",
                     .verbs = {"import"}});
  table.add(c.accept_loss, {.name = "accept_loss",
                            .help = "Yes, what is lost is lost: records that are gone (recover), a "
                                    "stage's current deployment (redact).",
                            .fallback = "false",
                            .verbs = {"recover", "redact"}});
  table.add(c.dry_run, {.name = "dry_run",
                        .help = "Check everything and store nothing.",
                        .fallback = "false",
                        .verbs = {"append", "import"}});
}

}  // namespace

void declare_options(settings::Table& table, Options& options) {
  declare_verbs(table);
  audit::declare_log_settings(table, options.log, kWriters, kReaders);
  declare_people(table, options);
  declare_promotion(table, options);
  declare_circumstances(table, options);
  declare_source(table, options);
  declare_granting(table, options);
  declare_asking(table, options);
  declare_care(table, options);
  declare_publishing(table, options.publishing);
  declare_watching(table, options.watching);
}

}  // namespace stagegate::audit_writer
