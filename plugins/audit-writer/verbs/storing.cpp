#include "plugins/audit-writer/verbs/storing.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include "stagegate/version.hpp"
#include <unistd.h>

#include "common/crypto/encoding.hpp"
#include "common/log/log.hpp"
#include "common/step/interrupt.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

bool is_json(const step::Run& run) {
  return run.output == "json";
}

// Text goes straight to stdout, because a failure has no result there; JSON has a member for it.
void print_pending(const audit::Draft& draft) {
  const std::string line = audit::pending_line(draft) + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

std::string silence(const Options& options, Lost why) {
  const std::string asked =
      why == Lost::deadline
          ? cat("did not answer for ", text::show_duration(options.log.audit_deadline))
          : std::string("did not answer before the program had to end");
  return cat("the store ", asked, " (audit_log ", options.log.audit_log,
             "): is its server up? The record is not known to be stored");
}

// Within the time that a container has between SIGTERM and SIGKILL (Woodpecker: 20 s).
constexpr std::chrono::seconds kGrace{10};

Patience::Limits limits_of(const Options& options, const step::Run& run) {
  return {
      .deadline = options.log.audit_deadline, .interrupt_fd = run.interrupt_fd, .grace = kGrace};
}

// The last words of a process that a silent file server holds: whatever needs another thread, a
// destructor or the log's directory would never come back.
[[noreturn]] void give_up(const Options& options, const step::Run& run, const audit::Draft* draft,
                          Lost why) {
  step::Outcome outcome = step::outcome_of({Failure::Kind::deadline, silence(options, why)});
  if (const auto signal = step::interrupted()) outcome.exit = *signal;
  if (draft != nullptr) outcome.json.set("pending", *draft);
  std::string out;
  if (is_json(run)) {
    out = step::result_object(outcome, "audit-writer", run.verb).dump() + "\n";
  } else if (draft != nullptr) {
    out = audit::pending_line(*draft) + "\n";
  }
  const std::string words = outcome.text + "\n";
  if (::write(STDERR_FILENO, words.data(), words.size()) < 0 ||
      ::write(STDOUT_FILENO, out.data(), out.size()) < 0) {
    // Nobody is left to be told.
  }
  ::_exit(static_cast<int>(outcome.exit));
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

step::Outcome unstored(const step::Run& run, const Failure& failure, const audit::Draft& draft) {
  step::Outcome outcome = step::outcome_of(failure);
  outcome.json.set("pending", draft);
  if (!is_json(run)) print_pending(draft);
  return outcome;
}

}  // namespace

audit::Stamp now() {
  return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Writer this_writer() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return {.version = std::string(kVersion), .host = host.data()};
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

step::Outcome store(const Options& options, const step::Run& run, const Storing& storing) {
  const bool keeps = storing.unstored == Unstored::printed;
  const Patience patience(limits_of(options, run), [&](Lost why) {
    give_up(options, run, keeps ? &storing.draft : nullptr, why);
  });
  auto log = audit::open_log(options.log);
  auto appended = log ? log->append(storing.draft) : Result<audit::Appended>(forward(log.error()));
  if (appended) return recorded(*appended, summary(storing.draft), storing.echo);
  return keeps ? unstored(run, appended.error(), storing.draft)
               : step::outcome_of(appended.error());
}

std::unique_ptr<Patience> give_up_in_time(const Options& options, const step::Run& run) {
  return std::make_unique<Patience>(limits_of(options, run),
                                    [&](Lost why) { give_up(options, run, nullptr, why); });
}

step::Outcome store_if(const Options& options, const step::Run& run, const audit::Decide& decide) {
  const auto watchdog = give_up_in_time(options, run);
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
