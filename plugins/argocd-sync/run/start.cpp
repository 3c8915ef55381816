#include "plugins/argocd-sync/run/start.hpp"

#include <random>

#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Kind = Ending::Kind;

// Other people change the specification, too, but not for ever.
constexpr int kMostMoves = 5;
// How long an answer that did not come may be on its way: Argo CD resolves the revision meanwhile.
constexpr milliseconds kForLost{30'000};

// Those who met once do not meet again.
milliseconds jitter(milliseconds least, milliseconds most) {
  static thread_local std::minstd_rand random{std::random_device()()};
  return milliseconds(
      std::uniform_int_distribution<std::int64_t>(least.count(), most.count())(random));
}

bool carries(const Wish& wish, const std::vector<text::Json>& sources) {
  return !sources.empty() && wish.carrier != Carrier::none && wish.carrier != Carrier::git &&
         missing_in(wish, sources).empty();
}

std::string in_progress(const Operation& operation) {
  const std::string by = operation.automated ? "auto-sync" : operation.by;
  return cat("another operation is in progress", by.empty() ? "" : cat(", of ", by));
}

}  // namespace

bool has_operation_of(const Application& app, const std::string& run) {
  if (app.operation && app.operation->run == run) return true;
  if (!app.state || app.state->operation.run != run) return false;
  const OperationState& state = *app.state;
  if (state.phase == Phase::succeeded) return !state.operation.partial && state.failed.empty();
  return state.phase != Phase::failed && state.phase != Phase::error;
}

SyncWish sync_wish(const Options& options, const std::string& run) {
  SyncWish wish;
  wish.run = run;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) wish.infos.emplace_back(cat("stagegate.", name), value);
  };
  add("tag", options.tag.text);
  add("commit", options.commit);
  add("stage", options.stage);
  add("actor", options.actor);
  add("pipeline", options.pipeline_url);
  wish.revisions = options.revisions;
  wish.prune = options.prune;
  return wish;
}

Found Start::run(Ending& record) {
  while (true) {
    if (ours()) break;
    if (auto ending = ask(record)) return ending;
    if (begun_) break;
    if (auto ending = sight_.read()) return ending;
  }
  record.started = adopted_.empty();
  record.adopted = !adopted_.empty();
  return std::nullopt;
}

bool Start::ours() const {
  return has_operation_of(sight_.app(), tools_.run);
}

Found Start::ask(Ending& record) {
  const Application& app = sight_.app();
  const auto edit = edit_of(wish_, app);
  if (!edit) return sight_.failed(edit.error());
  if (set_ && !edit->patch.empty()) {
    return sight_.over(Kind::reverted,
                       cat(missing_in(wish_, app.sources), " (changed by ",
                           app.last_hand.empty() ? "somebody" : app.last_hand, ")"));
  }
  if (edit->patch.empty()) set_ = true;
  if (app.operation) return busy(in_progress(*app.operation));
  if (record.changed.empty() && !edit->what.empty()) {
    record.changed = edit->what;
    record.before = edit->before;
  }
  const auto asked = sight_.way().start(app, edit->patch, sync_wish(tools_.options, tools_.run));
  if (!asked) {
    // A request that a signal or the deadline has ended may have arrived.
    record.started = true;
    if (auto ending = sight_.nap(milliseconds(0))) return ending;
    record.started = false;
    return sight_.failed(asked.error());
  }
  switch (asked->kind) {
    case Asked::Kind::accepted:
      begun_ = true;
      return std::nullopt;
    case Asked::Kind::moved:
      if (++moves_ > kMostMoves) {
        return sight_.over(Kind::unknown,
                           cat("somebody else keeps changing the Application: ", asked->words));
      }
      return sight_.nap(jitter(milliseconds(100), milliseconds(1'000)));
    case Asked::Kind::busy:
      // Whose operation it is can only be told from what is there now: auto-sync may have taken up
      // our change.
      if (!edit->patch.empty()) return sight_.nap(milliseconds(0));
      return busy(asked->words);
    case Asked::Kind::windowed:
      return sight_.over(Kind::blocked, asked->words);
    case Asked::Kind::lost:
      record.started = true;  // it may be
      return unanswered(asked->words);
  }
  return std::nullopt;
}

// Nobody knows whether it was accepted. It is looked for, for some time; then it is asked for
// again: two operations of one run are ours both, and the second finds nothing to do.
Found Start::unanswered(const std::string& words) {
  if (!lost_since_) lost_since_ = sight_.now();
  while (sight_.now() - *lost_since_ < kForLost) {
    if (auto ending = sight_.read()) return ending;
    if (ours()) return std::nullopt;
    sight_.say(cat("to see whether the sync was accepted: ", words));
    if (auto ending = sight_.nap(jitter(milliseconds(500), milliseconds(1'500)))) return ending;
  }
  lost_since_.reset();
  return std::nullopt;
}

Found Start::busy(const std::string& words) {
  if (adopts()) {
    begun_ = true;
    return std::nullopt;
  }
  const Application& app = sight_.app();
  const bool brings_it = app.auto_sync && set_;
  const bool taken_back =
      !tools_.takes_back.empty() && app.operation && app.operation->run == tools_.takes_back;
  if (tools_.options.on_busy == OnBusy::fail && !brings_it && !taken_back) {
    return sight_.over(Kind::failed, words);
  }
  sight_.say("for the operation in progress to end");
  return sight_.nap(jitter(milliseconds(1'000), milliseconds(3'000)));
}

// Auto-sync takes up what we have set before we can ask for it; others may bring the same tag. When
// it began is how it is known again: before that is written it cannot be told from any other.
bool Start::adopts() {
  const Application& app = sight_.app();
  if (!app.state || app.state->phase != Phase::running) return false;
  if (app.state->operation.partial) return false;  // self-heal syncs what differs, and no more
  if (tools_.options.on_busy != OnBusy::adopt && !app.state->operation.automated) return false;
  const bool brings = app.state->operation.sources.empty()
                          ? carries(wish_, app.state->applied)
                          : carries(wish_, app.state->operation.sources);
  if (!brings) return false;
  adopted_ = app.state->started_at;
  return true;
}

}  // namespace stagegate::argocd
