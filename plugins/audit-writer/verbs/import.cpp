#include <iostream>
#include <iterator>

#include "common/audit/log.hpp"
#include "common/audit/settings.hpp"
#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/draft/pending.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr std::size_t kMostBytes = 256u << 20;

Result<std::string> read_all(const std::string& path) {
  if (!path.empty() && path != "-") return fs::read_file(path, kMostBytes);
  std::string text(std::istreambuf_iterator<char>(std::cin), {});
  if (std::cin.bad()) return unknown("cannot read stdin");
  return text;
}

// What became of each record; a later one does not suffer from an earlier one's fault.
class Import {
 public:
  Import(const Options& options, const step::Run& run) : options_(options), run_(run) {}

  void fault(const std::string& words) {
    lines_.push_back(words);
    faults_.push_back(words);
    worst_ = step::Exit::usage;
  }

  void take(const PendingRecord& pending) {
    const auto where = cat("line ", pending.line, ": ");
    if (const auto fit = audit::check_draft(pending.draft); !fit) {
      return fault(cat(where, "no record: ", fit.error().message));
    }
    // Without a key a second import would store it again.
    if (pending.draft.find("idem") == nullptr) {
      return fault(cat(where, "no record: it has no idempotency key (idem)"));
    }
    if (options_.care.dry_run) {
      lines_.push_back(cat(where, "would record ", summary(pending.draft)));
      return;
    }
    const auto outcome = store(options_, run_, {pending.draft, Unstored::dropped, false});
    const auto* seq = outcome.json.find("seq");
    if (seq == nullptr) {
      lines_.push_back(cat(where, outcome.text));
      faults_.push_back(lines_.back());
      worst_ = outcome.exit;
      return;
    }
    const bool again = *outcome.json.find("duplicate") == Json(true);
    (again ? duplicates_ : stored_) += 1;
    lines_.push_back(cat(where, again ? "already recorded as " : "recorded as ", seq->dump(), ": ",
                         summary(pending.draft)));
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
  const Options& options_;
  const step::Run& run_;
  std::vector<std::string> lines_;
  std::vector<std::string> faults_;
  std::int64_t stored_ = 0;
  std::int64_t duplicates_ = 0;
  std::string checkpoint_;
  step::Exit worst_ = step::Exit::done;
};

}  // namespace

step::Outcome import_pending(const Options& options, const step::Run& run) {
  const auto text = read_all(options.care.from);
  if (!text) return step::outcome_of(text.error());
  const Pending pending = find_pending(*text);
  Import import(options, run);
  for (const auto& record : pending.records) import.take(record);
  for (const auto& words : pending.faults) import.fault(words);
  return import.outcome();
}

}  // namespace stagegate::audit_writer
