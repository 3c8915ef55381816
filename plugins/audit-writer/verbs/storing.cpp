#include "plugins/audit-writer/verbs/storing.hpp"

#include <cstdlib>

#include "stagegate/version.hpp"
#include <unistd.h>

#include "common/crypto/encoding.hpp"
#include "common/fs/host.hpp"
#include "common/log/log.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using step::Lost;
using step::Patience;
using text::cat;
using text::Json;

std::string silence(const Options& options, Lost why) {
  const std::string asked =
      why == Lost::deadline
          ? cat("did not answer for ", text::show_duration(options.log.audit_deadline))
          : std::string("did not answer before the program had to end");
  return cat("the store ", asked, " (audit_log ", options.log.audit_log, "): is its server up? ");
}

step::Outcome lost(std::string message) {
  return step::outcome_of({Failure::Kind::deadline, std::move(message)});
}

// A record that could not be stored is not lost: it is printed.
step::Outcome with_pending(step::Outcome outcome, const audit::Draft& draft) {
  outcome.json.set("pending", draft);
  outcome.kept = audit::pending_line(draft);
  return outcome;
}

step::Outcome recorded(const audit::Appended& appended, const std::string& summary, bool echo) {
  for (const auto& warning : appended.warnings) log::warning(warning);
  step::Outcome outcome{.text = text_of(appended, summary), .json = json_of(appended)};
  if (echo) {
    outcome.text += cat("\n", appended.line);
    outcome.json.set("record", appended.line);
  }
  return outcome;
}

}  // namespace

audit::Stamp now() {
  return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Writer this_writer() {
  return {.version = std::string(kVersion), .host = fs::host_name()};
}

std::string fresh_key() {
  return cat("cli:", audit::make_ulid(now()));
}

Json json_of(const audit::Appended& appended) {
  Json json;
  json.set("seq", appended.seq)
      .set("size", appended.size)
      .set("root", crypto::base64(appended.root))
      .set("duplicate", appended.duplicate)
      .set("locked", appended.locked)
      .set("tries", appended.tries)
      .set("checkpoint", appended.checkpoint);
  if (const auto record = text::parse_json(appended.line)) {
    json.set("id", record->text("id")).set("ts", record->text("ts"));
  }
  json.set("warnings", Json::Array(appended.warnings.begin(), appended.warnings.end()));
  return json;
}

std::string text_of(const audit::Appended& appended, const std::string& summary) {
  std::string out = cat(appended.duplicate ? "already recorded as " : "recorded as ", appended.seq,
                        ": ", summary, "\n  size  ", appended.size, "\n  root  ",
                        crypto::base64(appended.root), "\n\n", appended.checkpoint);
  while (out.ends_with('\n')) out.pop_back();
  return out;
}

step::Outcome store_unwatched(const Options& options, const Storing& storing) {
  auto log = audit::open_log(options.log);
  auto appended = log ? log->append(storing.draft) : Result<audit::Appended>(forward(log.error()));
  if (appended) return recorded(*appended, summary(storing.draft), storing.echo);
  auto outcome = step::outcome_of(appended.error());
  return storing.unstored == Unstored::printed ? with_pending(std::move(outcome), storing.draft)
                                               : outcome;
}

step::Outcome store(const Options& options, const step::Run& run, const Storing& storing) {
  const Patience::Limits limits{
      .deadline = options.log.audit_deadline, .interrupt_fd = run.interrupt_fd, .grace = kGrace};
  const Patience patience(limits, [&](Lost why) {
    auto outcome = lost(silence(options, why) + "The record is not known to be stored");
    run.end_now(storing.unstored == Unstored::printed
                    ? with_pending(std::move(outcome), storing.draft)
                    : std::move(outcome));
  });
  return store_unwatched(options, storing);
}

std::unique_ptr<Patience> give_up_on_silence(const Options& options, const step::Run& run,
                                             std::chrono::milliseconds grace,
                                             const std::string& state) {
  const Patience::Limits limits{.silence = options.log.audit_deadline,
                                .interrupt_fd = run.interrupt_fd,
                                .grace = grace,
                                .output_fd = STDOUT_FILENO};
  return std::make_unique<Patience>(limits, [&options, &run, state](Lost why) {
    run.end_now(lost((why == Lost::deadline ? silence(options, why)
                                            : cat(run.verb, " had to end before it was done. ")) +
                     state));
  });
}

step::Outcome store_if(const Options& options, const step::Run& run, const audit::Decide& decide) {
  const auto patience =
      give_up_on_silence(options, run, kGrace, "The record is not known to be stored");
  auto log = audit::open_log(options.log);
  if (!log) return step::outcome_of(log.error());
  audit::Draft last;
  const auto appended = log->append_if([&](const audit::View& view) -> Result<audit::Draft> {
    auto draft = decide(view);
    if (draft) last = *draft;
    return draft;
  });
  if (!appended) return step::outcome_of(appended.error());
  return recorded(*appended, summary(last), false);
}

}  // namespace stagegate::audit_writer
