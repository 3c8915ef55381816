#include "plugins/market-hours-check/options.hpp"

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using Verbs = std::vector<std::string>;

const Verbs kAsking = {"check", "wait", "next", "explain"};
const Verbs kJudging = {"check", "wait", "next", "explain", "serve"};
const Verbs kCalendars = {"check", "wait",          "next",         "explain",
                          "serve", "calendar show", "calendar diff"};
const Verbs kListing = {"calendar show", "calendar diff"};
const Verbs kServing = {"serve"};

void declare_verbs(settings::Table& table) {
  table.verb({.name = "check",
              .help = "Answer once: exit 0 when allowed, 1 when blocked, 3 when unknown."});
  table.verb({.name = "wait",
              .help = "Wait until it is allowed (exit 0), at most for `timeout` (exit 5)."});
  table.verb({.name = "next", .help = "List the next times in which promotions are allowed."});
  table.verb({.name = "explain",
              .help = "Say what decides, and why: the day, the rule, the coming times."});
  table.verb({.name = "calendar list", .help = "List the built-in calendars."});
  table.verb({.name = "calendar show",
              .help = "Print a calendar as a table to compare with the exchange's own (also csv, "
                      "json, ics).",
              .positionals = {"calendar"}});
  table.verb({.name = "calendar lint",
              .help = "Report every fault of a calendar file at its line.",
              .positionals = {"calendar"}});
  table.verb({.name = "calendar diff",
              .help = "Compare two calendars day by day: exit 0 when equal, 1 when not.",
              .positionals = {"calendar", "other_calendar"}});
  table.verb({.name = "serve",
              .help = "Answer over HTTP: for Kargo's http step, web metrics and people."});
}

void declare_question(settings::Table& table, Options& o) {
  table.add(o.calendar, {.name = "calendar",
                         .help = "Built-in calendar, or the path of a YAML file.",
                         .value = "ID|FILE",
                         .fallback = "us-equity-hours",
                         .verbs = {"check", "wait", "next", "explain", "serve", "calendar show",
                                   "calendar lint", "calendar diff"}});
  table.add(o.other_calendar, {.name = "other_calendar",
                               .help = "The calendar to compare with.",
                               .value = "ID|FILE",
                               .verbs = {"calendar diff"},
                               .required = true});
  table.add(
      o.at,
      {.name = "at",
       .help = "Judge this instant instead of now: RFC 3339, or local time of the calendar's zone. "
               "The answer says that it is simulated.",
       .value = "TIME",
       .verbs = kJudging});
  table.add(o.stage, {.name = "stage",
                      .help = "The stage that the promotion goes to.",
                      .ci = {"CI_PIPELINE_DEPLOY_TARGET"},
                      .verbs = kAsking});
  table.add(o.image_tag, {.name = "image_tag",
                          .help = "The image tag to be promoted; it is part of the answer.",
                          .ci = {"CI_COMMIT_SHA"},
                          .verbs = {"check", "wait"}});
  table.add(
      o.gated_stages,
      {.name = "gated_stages",
       .help = "Only these stages are gated, and promotions that name no stage; all others are "
               "always allowed.",
       .verbs = kJudging});
}

void declare_rule(settings::Table& table, Options& o) {
  table.add(o.require, {.name = "require",
                        .help = "What the market has to be for a promotion.",
                        .fallback = "closed",
                        .verbs = kJudging,
                        .choices = {"closed", "open"}});
  table.add(o.need, {.name = "need",
                     .help = "How long the deployment takes: it must fit in before the next block.",
                     .fallback = "0s",
                     .verbs = kJudging});
  table.add(o.pad_before, {.name = "pad_before",
                           .help = "Blocked for this long before each open, too.",
                           .verbs = kCalendars});
  table.add(o.pad_after, {.name = "pad_after",
                          .help = "Blocked for this long after each close, too.",
                          .verbs = kCalendars});
  table.add(o.on_holiday, {.name = "on_holiday",
                           .help = "Whether the usual hours are blocked on holidays as well.",
                           .verbs = kCalendars,
                           .choices = {"allow", "block"}});
  table.add(o.lunch_break,
            {.name = "lunch_break",
             .help = "Whether a lunch break is open for promotions or blocked like the session.",
             .verbs = kCalendars,
             .choices = {"open", "block"}});
  table.add(o.beyond,
            {.name = "beyond",
             .help = "Past the last published year: trust the rule (and say so), or block.",
             .verbs = kCalendars,
             .choices = {"rule", "block"}});
  table.add(o.block_sessions,
            {.name = "block_sessions",
             .help = "Which named sessions block; by default what the calendar says.",
             .verbs = kCalendars});
  table.add(o.freezes, {.name = "freezes",
                        .help = "Times in which nothing may be promoted, on top of the calendar.",
                        .verbs = kCalendars});
  table.add(o.overrides, {.name = "overrides",
                          .help = "Days that are not as the calendar says: a closure, other hours.",
                          .verbs = kCalendars});
  table.add(
      o.tzdir,
      {.name = "tzdir",
       .help = "Read time zones from this directory of TZif files, not from the built-in data.",
       .value = "DIR"});
}

void declare_waiting(settings::Table& table, Options& o) {
  table.add(o.timeout, {.name = "timeout",
                        .help = "How long to wait at most.",
                        .fallback = "8h",
                        .verbs = {"wait"}});
  table.add(o.heartbeat, {.name = "heartbeat",
                          .help = "How often a waiting step says that it is alive.",
                          .fallback = "30s",
                          .verbs = {"wait"}});
  table.add(o.count, {.name = "count",
                      .help = "How many times to list.",
                      .fallback = "5",
                      .verbs = {"next", "explain"},
                      .least = 1,
                      .most = 1000});
  table.add(o.year, {.name = "year",
                     .help = "The year to list; by default this one.",
                     .verbs = kListing,
                     .least = 1970,
                     .most = 2200});
  table.add(
      o.from,
      {.name = "from", .help = "The first day to list, instead of a year.", .verbs = kListing});
  table.add(o.to, {.name = "to", .help = "The last day to list.", .verbs = kListing});
}

void declare_serving(settings::Table& table, Options& o) {
  http::declare_serving_settings(
      table, o.serving,
      {.port = "8080",
       .token_help = "Bearer token that POST /v1/check asks for; give it as a file (`token_file`).",
       .threads = "1"},
      kServing);
  table.add(o.allow_anonymous, {.name = "allow_anonymous",
                                .help = "Answer POST /v1/check without a token.",
                                .fallback = "false",
                                .verbs = kServing});
  table.add(o.public_url, {.name = "public_url",
                           .help = "Where people reach the page; answers carry links to it.",
                           .value = "URL",
                           .verbs = kServing});
  table.add(
      o.stages,
      {.name = "stages",
       .help = "The stages and what each asks of the market; by default the gated stages, or paper "
               "and live.",
       .verbs = kServing});
}

}  // namespace

void declare_options(settings::Table& table, Options& options) {
  declare_verbs(table);
  declare_question(table, options);
  declare_rule(table, options);
  declare_waiting(table, options);
  declare_serving(table, options);
  declare_log_options(table, options);
}

GateSettings gate_settings(const Options& options) {
  return {.calendar = options.calendar,
          .adjustments = {.pad_before = options.pad_before,
                          .pad_after = options.pad_after,
                          .on_holiday = options.on_holiday,
                          .lunch_break = options.lunch_break,
                          .beyond = options.beyond,
                          .block_sessions = options.block_sessions,
                          .freezes = options.freezes,
                          .overrides = options.overrides},
          .policy = {.require = options.require, .need = options.need},
          .gated_stages = options.gated_stages};
}

Result<std::optional<time::Instant>> parse_at(const std::string& at, const time::Zone& zone) {
  if (at.empty()) return std::nullopt;
  if (const auto instant = time::parse_instant(at)) return *instant;
  if (const auto local = time::parse_local(at)) return zone.to_instants(*local).first;
  return usage(
      text::cat("at: ", text::quoted(at),
                " is no time: write 2026-11-27T13:00:00-05:00, or 2026-11-27T13:00 for the "
                "calendar's zone, ",
                zone.name()));
}

}  // namespace stagegate::market_hours
