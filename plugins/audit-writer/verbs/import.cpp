#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <poll.h>
#include <unistd.h>

#include "common/audit/care/redact.hpp"
#include "common/audit/log/log.hpp"
#include "common/audit/settings.hpp"
#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/event.hpp"
#include "plugins/audit-writer/draft/pending.hpp"
#include "plugins/audit-writer/query/record.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr std::size_t kMostBytes = 256u << 20;

// stdin may be a pipe that nobody writes to any more: a signal ends the wait, too.
Result<std::string> read_stdin(int interrupt_fd) {
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  std::string text;
  std::array<pollfd, 2> waited{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{interrupt_fd, POLLIN, 0}};
  for (;;) {
    if (::poll(waited.data(), waited.size(), -1) < 0 && errno != EINTR) break;
    if (waited[1].revents != 0) return unknown("interrupted while reading stdin");
    if (waited[0].revents == 0) continue;
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    const auto got = ::read(STDIN_FILENO, text.data() + before, kPiece);
    text.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) break;
    if (text.size() > kMostBytes) {
      return usage(cat("stdin has more than ", kMostBytes >> 20,
                       " MiB: give the part of the log "
                       "with the AUDIT-PENDING lines"));
    }
  }
  return unknown(cat("cannot read stdin: ", std::strerror(errno)));
}

// Whoever may write into a CI's log could otherwise grant, revoke, redact or approve with the key
// of whoever imports it. What opens a gate is stored by whoever gives it, or not at all.
bool may_be_imported(const audit::Draft& draft) {
  const std::string event = cat(draft.text("type"), ".", draft.text("event"));
  constexpr std::array<std::string_view, 3> kOpensGates = {"promotion.approved",
                                                           "promotion.rejected", "gate.overridden"};
  return std::ranges::find(kOpensGates, event) == kOpensGates.end() &&
         parse_event(event, "", "").has_value();
}

// What became of each record; a later one does not suffer from an earlier one's fault.
class Import {
 public:
  explicit Import(const Options& options) : options_(options) {}

  void fault(const std::string& words, step::Exit exit = step::Exit::usage) {
    lines_.push_back(words);
    faults_.push_back(words);
    worst_ = std::max(worst_, exit);
  }

  void take(const PendingRecord& pending) {
    const auto where = cat("line ", pending.line, ": ");
    if (const auto fit = audit::check_draft(pending.draft); !fit) {
      return fault(cat(where, "no record: ", fit.error().message));
    }
    if (!may_be_imported(pending.draft)) {
      return fault(cat(where, "not imported: ", pending.draft.text("type"), ".",
                       pending.draft.text("event"),
                       " is stored by whoever gives it, not from a log"));
    }
    // Without a key a second import would store it again.
    if (pending.draft.find("idem") == nullptr) {
      return fault(cat(where, "no record: it has no idempotency key (idem)"));
    }
    if (options_.care.dry_run) {
      lines_.push_back(cat(where, "would record ", summary(pending.draft)));
      return;
    }
    const auto searched = search(std::string(pending.draft.text("idem")));
    if (!searched) {
      const auto failed = step::outcome_of(searched.error());
      return fault(cat(where, failed.text), failed.exit);
    }
    if (const auto& redacted = searched->redacted) {
      return fault(cat(where, "not imported: it is in the log as record ", redacted->seq,
                       ", which has been redacted; record ", redacted->by, " says why"),
                   step::Exit::no);
    }
    const std::optional<Record>& before = searched->before;
    if (before && !audit::same_meaning(before->json, pending.draft)) {
      return fault(cat(where, "its idempotency key belongs to record ", before->seq,
                       ", which says something else: ", summary(before->json)),
                   step::Exit::conflict);
    }
    if (before) return again(where, cat(before->seq), pending.draft);
    const auto outcome = store_unwatched(options_, {pending.draft, Unstored::dropped, false});
    const auto* seq = outcome.json.find("seq");
    if (seq == nullptr) return fault(cat(where, outcome.text), outcome.exit);
    if (*outcome.json.find("duplicate") == Json(true)) {
      again(where, seq->dump(), pending.draft);
    } else {
      ++stored_;
      lines_.push_back(cat(where, "recorded as ", seq->dump(), ": ", summary(pending.draft)));
    }
    checkpoint_ = outcome.json.text("checkpoint");
  }

  step::Outcome outcome() const {
    step::Outcome outcome{.exit = worst_, .text = text::join(lines_, "\n")};
    if (lines_.empty()) outcome.text = "no AUDIT-PENDING line in it: nothing to import";
    if (!checkpoint_.empty()) outcome.text += cat("\n\n", text::trim(checkpoint_));
    outcome.json.set("stored", stored_)
        .set("duplicates", duplicates_)
        .set("faults", Json::Array(faults_.begin(), faults_.end()))
        .set("checkpoint", checkpoint_.empty() ? Json() : Json(checkpoint_));
    return outcome;
  }

 private:
  void again(const std::string& where, const std::string& seq, const audit::Draft& draft) {
    ++duplicates_;
    lines_.push_back(cat(where, "already recorded as ", seq, ": ", summary(draft)));
  }

  struct Searched {
    std::optional<Record> before;
    std::optional<audit::RedactedKey> redacted;
  };
  // An append looks for a key among the newest records, because a step is tried again at once. A
  // record may be imported a year later: then the whole log is searched. One that cannot be
  // searched may have the record already.
  Result<Searched> search(const std::string& key) const {
    const auto reading = Reading::open(options_);
    if (!reading) return Searched();  // the append says why
    Searched found;
    const auto needle = cat("\"idem\":", Json(key).dump());
    const auto visited = each_record_with(reading->source(), needle, 0, [&](const Record& record) {
      if (record.text("idem") != key) return audit::Next::go_on;
      found.before = record;
      return audit::Next::stop;
    });
    if (!visited) return forward(visited.error());
    if (found.before) return found;
    const auto redacted = audit::find_redacted_key(reading->view(), key);
    if (!redacted) return forward(redacted.error());
    found.redacted = *redacted;
    return found;
  }

  const Options& options_;
  std::vector<std::string> lines_;
  std::vector<std::string> faults_;
  std::int64_t stored_ = 0;
  std::int64_t duplicates_ = 0;
  std::string checkpoint_;
  step::Exit worst_ = step::Exit::done;
};

}  // namespace

step::Outcome import_pending(const Options& options, const step::Run& run) {
  const bool piped = options.care.from.empty() || options.care.from == "-";
  auto text = piped ? read_stdin(run.interrupt_fd) : std::string();
  // Whoever writes the pipe may take any time for it; all that follows is the store's.
  const auto patience =
      give_up_on_silence(options, run, kGrace,
                         "Some of the records may be stored: import them again, those that are "
                         "there are found and not stored twice");
  if (!piped) text = fs::read_file(options.care.from, kMostBytes);
  if (!text) return step::outcome_of(text.error());
  const Pending pending = find_pending(*text);
  Import import(options);
  for (const auto& record : pending.records) import.take(record);
  for (const auto& words : pending.faults) import.fault(words);
  return import.outcome();
}

}  // namespace stagegate::audit_writer
