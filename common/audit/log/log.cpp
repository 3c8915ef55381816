#include "common/audit/log/log.hpp"

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include <unistd.h>

#include "common/audit/log/compose.hpp"
#include "common/audit/log/publish.hpp"
#include "common/audit/log/store.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/lock.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using std::chrono::milliseconds;
using text::cat;
using text::Json;

auto conflict(std::string message) {
  return fail(Failure::Kind::conflict, std::move(message));
}

// Before a record has its place: it is not in the log, and will not turn up there.
tl::unexpected<Failure> not_recorded(const Failure& failure) {
  if (failure.kind != Failure::Kind::unknown) return forward(failure);
  return unknown(cat("not recorded: ", failure.message));
}

// It has been linked, but not everything that makes it last has worked.
tl::unexpected<Failure> in_doubt(const Failure& failure, std::uint64_t seq) {
  return unknown(cat(failure.message, ". Record ", seq,
                     " may have been recorded or not: repeat it with its idempotency key"));
}

// Writers that were in each other's way come back at different times.
void back_off(int tries) {
  static thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> pause(0, std::min(1000 * tries, 20'000));
  std::this_thread::sleep_for(std::chrono::microseconds(pause(random)));
}

std::string in_short(const Json& record) {
  const auto or_dash = [&](std::string_view member) {
    const std::string_view text = record.text(member);
    return text.empty() ? std::string("-") : text::quoted(text);
  };
  return cat(record.text("type"), ".", record.text("event"), " of ", or_dash("image_tag"), " to ",
             or_dash("target_stage"), ", notes ", or_dash("notes"));
}

void warn_of_clock(Appended& appended) {
  const auto record = text::parse_json(appended.line);
  const Json* behind = record ? record->find("clock_behind_ms") : nullptr;
  if (behind == nullptr) return;
  appended.warnings.push_back(
      cat("the clock is ", behind->integer().value_or(0), " ms behind record ", appended.seq - 1));
}

}  // namespace

Log::Log(Layout layout, SigningKey key, LogOptions options)
    : layout_(std::move(layout)), key_(std::move(key)), options_(std::move(options)) {}

Result<Log> Log::open(const Layout& layout, SigningKey key, LogOptions options) {
  const auto about = read_about(layout);
  if (!about) return forward(about.error());
  const std::string vkey = key.verify_key().text();
  if (about->vkey != vkey) {
    return conflict(cat("the key is of another log: it is ", vkey, ", and ",
                        layout.about().native(), " names ", about->vkey));
  }
  return Log(layout, std::move(key), std::move(options));
}

void Log::step(std::string_view name) const {
  if (options_.on_step) options_.on_step(name);
}

Result<Appended> Log::append(const Draft& draft) {
  // Before anything is touched: a draft that cannot be recorded must not even take the lock.
  if (auto fine = check_draft(tidy(draft)); !fine) return forward(fine.error());
  return append_if([&](const View&) { return draft; });
}

Result<Appended> Log::append_if(const Decide& decide) {
  step("lock");
  std::optional<fs::FileLock> lock;
  if (options_.lock_wait.count() > 0) {
    lock = fs::FileLock::acquire(layout_.lock(), options_.lock_wait);
  }
  Seen seen;
  for (int tries = 1; tries <= options_.most_tries; ++tries) {
    auto appended = attempt(decide, seen);
    if (!appended) return forward(appended.error());
    if (*appended) {
      (*appended)->locked = lock.has_value();
      (*appended)->tries = tries;
      step("done");
      return std::move(**appended);
    }
    back_off(tries);
  }
  return fail(Failure::Kind::deadline,
              cat("not recorded: ", options_.most_tries, " times another writer of ",
                  layout_.directory.native(), " was quicker, the last time with record ", seen.size,
                  "; try again"));
}

// Empty when somebody else was quicker.
Result<std::optional<Appended>> Log::attempt(const Decide& decide, Seen& seen) {
  step("view");
  const auto view = View::open(layout_, verify_key(), latest_ ? &*latest_ : nullptr);
  if (!view) return not_recorded(view.error());
  seen.size = view->size();
  step("materialise");
  if (auto standing = materialise(*view); !standing) return not_recorded(standing.error());
  step("decide");
  auto decided = decide(*view);
  if (!decided) return forward(decided.error());
  const Draft draft = tidy(std::move(*decided));
  if (auto fine = check_draft(draft); !fine) return forward(fine.error());
  step("idempotency");
  auto duplicate = find_duplicate(*view, draft, seen);
  if (!duplicate || *duplicate) return duplicate;
  return commit(*view, draft);
}

// Only committed records count: a key that stood in some line that was never committed would be
// acknowledged here and then overwritten.
Result<std::optional<Appended>> Log::find_duplicate(const View& view, const Draft& draft,
                                                    Seen& seen) {
  const std::string key(draft.text("idem"));
  if (key.empty() || view.last() == nullptr) return std::nullopt;
  std::optional<Line> found;
  Json stored;
  std::string text;
  // To read a megabyte once is quicker than to take note of all that is in it.
  if (latest_) {
    if (auto looked = keys_.look(view); !looked) return not_recorded(looked.error());
    if (!keys_.may_have(key)) return std::nullopt;
  }
  const auto read = view.each_with_backwards(key_member(key), kKeyHorizon, [&](const Line& line) {
    if (line.seq < seen.searched) return Next::stop;
    auto record = text::parse_json(line.text);
    // The needle may be part of some member of x.
    if (!record || record->text("idem") != key) return Next::go_on;
    text = line.text;
    found = Line{line.seq, text};
    stored = std::move(*record);
    return Next::stop;
  });
  if (!read) return not_recorded(read.error());
  seen.searched = view.size();
  if (!found) return std::nullopt;
  if (!same_meaning(stored, draft)) {
    return conflict(cat("the idempotency key ", text::quoted(key, 200), " belongs to record ",
                        found->seq, " (", in_short(stored), "), which says something else than (",
                        in_short(draft), "); nothing is recorded"));
  }
  Appended appended = told(*view.last(), key_);
  appended.seq = found->seq;
  appended.line = std::move(text);
  appended.duplicate = true;
  // Whoever committed it may have been killed before its name was on the disk.
  step("sync");
  if (auto synced = sync_names(layout_.tail()); !synced) return forward(synced.error());
  step("publish");
  if (auto published = publish(view, appended.checkpoint, appended.size); !published) {
    appended.warnings.push_back(published.error().message);
  }
  return appended;
}

Result<std::optional<Appended>> Log::commit(const View& view, const Draft& draft) {
  const auto slot = compose(draft, view.last(), key_, options_);
  if (!slot) return forward(slot.error());
  step("stage");
  std::string slot_file = sign_slot(*slot, key_);
  auto staged = Staged::write(layout_.tail(), slot_file);
  if (!staged) return not_recorded(staged.error());
  step("link");
  const auto linked = staged->link_to(layout_.slot(slot->seq));
  if (!linked) return not_recorded(linked.error());
  if (!*linked) return std::nullopt;
  step("unlink");
  staged->drop();
  step("sync");
  if (auto synced = sync_names(layout_.tail()); !synced) {
    return in_doubt(synced.error(), slot->seq);
  }
  step("late");
  const auto overtaken = was_overtaken(view, *slot);
  if (!overtaken) return in_doubt(overtaken.error(), slot->seq);
  if (*overtaken) return std::nullopt;
  Appended appended = told(*slot, key_);
  warn_of_clock(appended);
  complete(view, *slot, appended);
  latest_ = OwnWork{appended.checkpoint, std::move(slot_file), *slot};
  return appended;
}

// While this writer was paused, so many others may have appended that the name it has just taken
// had been in use, and removed again: names are removed from the lowest up, so the slot before it
// is gone too. That one may also have gone since, after ours had been built on; then our line
// stands in its place, because lines are written before slots are removed.
Result<bool> Log::was_overtaken(const View& view, const Slot& slot) {
  if (view.last() == nullptr) return false;
  if (auto fresh = fs::refresh_directory(layout_.tail()); !fresh) return forward(fresh.error());
  const auto before = fs::read_if_there(layout_.slot(slot.seq - 1));
  if (!before) return forward(before.error());
  // Compared, because there may be more than one writer that is late; no two lines are the same.
  if (*before && (*before)->starts_with(view.last()->line + "\n")) return false;
  if (auto fresh = fs::refresh_directory(layout_.records()); !fresh) return forward(fresh.error());
  const auto place = read_standing(layout_, slot);
  if (!place) return forward(place.error());
  if (place->holds(slot)) return false;
  // Readers start far above it: should it stay, it is only untidy.
  ::unlink(layout_.slot(slot.seq).c_str());
  return true;
}

// The record is committed: from here on nothing that goes wrong may deny it.
void Log::complete(const View& view, const Slot& slot, Appended& appended) {
  const auto finish = [&]() -> Result<> {
    step("line");
    if (auto stands = put_line(layout_, slot); !stands) return stands;
    step("publish");
    if (auto published = publish(view, appended.checkpoint, appended.size); !published)
      return published;
    if ((slot.seq + 1) % kTileWidth != 0) return {};
    return tidy_up(layout_, verify_key(), [this](std::string_view name) { step(name); });
  };
  if (const auto finished = finish(); !finished) {
    appended.warnings.push_back(cat("recorded as ", slot.seq,
                                    "; its line, checkpoint or tiles will be completed by the next "
                                    "append: ",
                                    finished.error().message));
  }
}

}  // namespace stagegate::audit
