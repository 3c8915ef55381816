#include "plugins/market-hours-check/clearance/books.hpp"

#include <cstdio>
#include <utility>

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

constexpr std::size_t kMostRemembered = 10'000;

// The approval as it stands in the log, if it is still one.
Result<> check_still_approved(const audit::View& view, const audit::GateSaying& saying,
                              const audit::GrantRules& rules) {
  const auto found = audit::find_approval(view, saying.passage, rules);
  if (!found) return forward(found.error());
  if (!*found) return fail(Failure::Kind::refused, "the approval is not there any more");
  if ((*found)->seq != saying.approval->seq) {
    return fail(Failure::Kind::refused, "somebody has approved anew; asked again, it will count");
  }
  return {};
}

// Where the log has said so long ago that it does not look that far back for the key by itself.
Result<std::optional<std::uint64_t>> said_long_ago(const audit::View& view,
                                                   const std::string& key) {
  std::optional<std::uint64_t> found;
  const auto read =
      view.each_with(cat("\"idem\":", text::Json(key).dump()), 0, [&](const audit::Line& line) {
        // Members of x may have the name, too: whoever may store any record could say there that
        // the gate has spoken.
        const auto record = text::parse_json(line.text);
        if (!record || record->text("idem") != key) return audit::Next::go_on;
        found = line.seq;
        return audit::Next::stop;
      });
  if (!read) return forward(read.error());
  // What is newer is the log's own business: it makes sure that it is durable.
  if (found && *found + audit::kSlotsKept >= view.size()) found.reset();
  return found;
}

}  // namespace

Books::Books(audit::LogSettings settings, audit::GrantRules rules, Now now)
    : core_(std::make_shared<Core>(Core{.settings = std::move(settings),
                                        .rules = rules,
                                        .now = std::move(now),
                                        .last = {},
                                        .newest = {}})),
      clerk_(core_->settings.audit_deadline) {}

Result<audit::Log> Books::Core::open() const {
  audit::LogOptions options;
  options.writer.tool = "market-hours-check";
  options.now = now;
  return audit::open_log(settings, std::move(options));
}

// Files put back to an older state are a valid log: it would not know that a grant was used.
Result<> Books::Core::see(std::uint64_t size, const audit::Hash& root) {
  const bool older =
      newest && (size < newest->size || (size == newest->size && root != newest->root));
  if (older) {
    return fail(
        Failure::Kind::conflict,
        cat(settings.audit_log, ": the log had ", newest->size, " records, and now has ", size,
            newest->size == size ? " others" : "",
            ": it has been put back to an older state. Run audit-writer verify with a "
            "checkpoint from outside (known); when it is clear what happened, start again"));
  }
  newest = Seen{size, root};
  return {};
}

Result<audit::View> Books::Core::open_view() {
  auto view = audit::open_view(settings);
  if (!view) return view;
  if (auto fine = see(view->size(), view->frontier().root()); !fine) return forward(fine.error());
  return view;
}

Result<std::optional<audit::Override>> Books::Core::find_override(
    const audit::View& view, const audit::Passage& passage) const {
  const auto clock = audit::trusted_now(now(), view);
  if (!clock) return forward(clock.error());
  const auto grants = audit::read_grants(view);
  if (!grants) return forward(grants.error());
  return audit::find_override(*grants, passage, rules, *clock);
}

Result<> Books::look() {
  return clerk_.run<void>([core = core_]() -> Result<> {
    if (auto log = core->open(); !log) return forward(log.error());
    if (auto view = core->open_view(); !view) return forward(view.error());
    return {};
  });
}

Result<std::optional<audit::Approval>> Books::approval(const audit::Passage& passage) {
  using Found = std::optional<audit::Approval>;
  return clerk_.run<Found>([core = core_, passage]() -> Result<Found> {
    const auto view = core->open_view();
    if (!view) return forward(view.error());
    return audit::find_approval(*view, passage, core->rules);
  });
}

Result<std::optional<audit::Consumed>> Books::consume(const audit::Passage& passage) {
  using Found = std::optional<audit::Consumed>;
  return clerk_.run<Found>([core = core_, passage]() -> Result<Found> {
    // Most promotions that wait have no grant, and to see that takes no lock and writes nothing.
    const auto view = core->open_view();
    if (!view) return forward(view.error());
    const auto meant = core->find_override(*view, passage);
    if (!meant) return forward(meant.error());
    if (!*meant) return std::nullopt;
    auto log = core->open();
    if (!log) return forward(log.error());
    auto consumed = audit::consume_grant(*log, passage, core->rules, core->now());
    if (consumed && *consumed && !(*consumed)->record.checkpoint.empty()) {
      const auto& record = (*consumed)->record;
      if (auto fine = core->see(record.size, record.root); !fine) return forward(fine.error());
    }
    return consumed;
  });
}

Result<std::uint64_t> Books::Core::record(const audit::GateSaying& saying, bool approved) {
  const auto draft = audit::gate_draft(saying);
  const std::string key(draft.text("idem"));
  const std::string& consumer = saying.passage.consumer;
  // An approval can be taken back, therefore it is looked at each time.
  const auto known = last.find(consumer);
  if (!approved && known != last.end() && known->second.key == key) return known->second.seq;

  auto log = open();
  if (!log) return forward(log.error());
  std::optional<std::uint64_t> before;
  const auto appended = log->append_if([&](const audit::View& view) -> Result<audit::Draft> {
    if (auto fine = see(view.size(), view.frontier().root()); !fine) return forward(fine.error());
    if (approved) {
      if (auto holds = check_still_approved(view, saying, rules); !holds) {
        return forward(holds.error());
      }
    }
    const auto said = said_long_ago(view, key);
    if (!said) return forward(said.error());
    before = *said;
    if (before) return unknown("said before");
    return draft;
  });
  if (!appended && !before) return forward(appended.error());
  if (appended) {
    if (auto fine = see(appended->size, appended->root); !fine) return forward(fine.error());
  }
  if (last.size() >= kMostRemembered) last.clear();
  const std::uint64_t seq = before ? *before : appended->seq;
  // The key is looked for in lines that nobody has checked from before the approval, too. Taking it
  // for said would leave the approval unused.
  if (approved && seq < saying.approval->seq) {
    return fail(Failure::Kind::conflict,
                cat("record ", seq, " speaks of approval ", saying.approval->seq,
                    ", which came later: run audit-writer verify"));
  }
  last[consumer] = {key, seq};
  return seq;
}

Result<std::uint64_t> Books::record(const audit::GateSaying& saying, bool approved) {
  return clerk_.run<std::uint64_t>(
      [core = core_, saying, approved] { return core->record(saying, approved); });
}

Result<audit::Appended> Books::append(const audit::Draft& draft) {
  return clerk_.run<audit::Appended>([core = core_, draft]() -> Result<audit::Appended> {
    auto log = core->open();
    if (!log) return forward(log.error());
    return log->append(draft);
  });
}

Result<std::vector<audit::GrantState>> Books::grants() {
  using Found = std::vector<audit::GrantState>;
  return clerk_.run<Found>([core = core_]() -> Result<Found> {
    const auto view = core->open_view();
    if (!view) return forward(view.error());
    return audit::read_grants(*view);
  });
}

void Books::print_pending(const audit::GateSaying& saying) {
  const auto draft = audit::gate_draft(saying);
  const std::string key(draft.text("idem"));
  const std::lock_guard lock(printed_mutex_);
  if (printed_.size() >= kMostRemembered) printed_.clear();
  if (std::exchange(printed_[saying.passage.consumer], key) == key) return;
  const std::string line = audit::pending_line(draft) + "\n";
  static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

}  // namespace stagegate::market_hours
