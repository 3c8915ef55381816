#include "plugins/argocd-sync/windows/lint.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "common/text/text.hpp"
#include "common/time/spans.hpp"
#include "plugins/argocd-sync/windows/drift.hpp"
#include "plugins/argocd-sync/windows/lint_window.hpp"
#include "plugins/argocd-sync/windows/verdict.hpp"

namespace stagegate::argocd {

using market_hours::Block;
using market_hours::Calendar;
using text::cat;
using time::Span;
using time::Spans;
using Severity = LintFinding::Severity;

namespace {

constexpr std::size_t kMostFindings = 200;

Spans intersect(const Spans& left, const Spans& right) {
  return subtract(left, subtract(left, right));
}

// What the calendar says, by why.
struct Market {
  Span range;
  std::vector<Block> blocks;

  template <class Wanted>
  Spans blocked(const Wanted& wanted) const {
    std::vector<Span> spans;
    for (const Block& block : blocks) {
      if (wanted(block)) spans.push_back({block.begin, block.end});
    }
    return intersect(merged(std::move(spans)), {range});
  }
};

// "although xnys blocks ..."
std::string why(const Block& block) {
  switch (block.cause) {
    case Block::Cause::freeze:
      return cat("for the freeze ", block.name);
    case Block::Cause::lunch_break:
      return "the lunch break";
    case Block::Cause::holiday:
      return "its usual hours on holidays, too";
    case Block::Cause::session:
    case Block::Cause::pad_before:
    case Block::Cause::pad_after:
      break;
  }
  return cat("the time ", block.name);  // "before the core session"
}

class Lint {
 public:
  Lint(const Calendar& calendar, Market market) : calendar_(calendar), market_(std::move(market)) {}

  void look_at(const Window& window, const std::vector<Target>& applications) {
    for (auto& finding : lint_window(window, applications, calendar_, market_.range)) {
      findings_.push_back(std::move(finding));
    }
  }

  // The windows are those that match.
  void look_at(const Target& target, const std::vector<Window>& windows) {
    const auto automatic =
        let_through(windows, Trigger::automatic, market_.range.begin, market_.range.end);
    const auto manual =
        let_through(windows, Trigger::manual, market_.range.begin, market_.range.end);
    if (!automatic || !manual) {
      // That windows are malformed has been told already, of each of them.
      const Failure& failure = automatic ? manual.error() : automatic.error();
      if (failure.kind == Failure::Kind::usage) return;
      findings_.push_back(
          {Severity::error, cat(target.application, ": ", failure.message), {}, {}, 1});
      return;
    }
    note_unprotected(target, windows, *automatic);
    note_blocked(target, *automatic, *manual);
  }

  std::vector<LintFinding> findings() && {
    std::ranges::stable_sort(findings_, {}, &LintFinding::severity);
    if (findings_.size() > kMostFindings) {
      const std::size_t more = findings_.size() - kMostFindings;
      findings_.resize(kMostFindings);
      findings_.push_back({Severity::hint, cat("and ", more, " more"), {}, {}, 1});
    }
    return std::move(findings_);
  }

 private:
  void note(Severity severity, const Target& target, std::string_view what, const Spans& spans) {
    for (const Drift& drift : drifts(spans, calendar_)) {
      findings_.push_back({severity, cat(target.application, ": ", what, ": ", drift.words),
                           drift.from, drift.to, drift.times});
    }
  }

  void note_unprotected(const Target& target, const std::vector<Window>& windows,
                        const Spans& automatic) {
    const std::string_view none = windows.empty() ? " (no window holds for this application)" : "";
    const auto sessions =
        market_.blocked([](const Block& block) { return block.cause == Block::Cause::session; });
    note(Severity::error, target,
         cat("auto-sync is let through although the market is open, ", calendar_.id(), none),
         intersect(sessions, automatic));
    struct Others {
      bool freeze;
      std::vector<Span> spans;
    };
    std::map<std::string, Others> others;
    for (const Block& block : market_.blocks) {
      if (block.cause == Block::Cause::session) continue;
      auto& [freeze, spans] = others[why(block)];
      freeze = block.cause == Block::Cause::freeze;
      spans.push_back({block.begin, block.end});
    }
    for (auto& [name, other] : others) {
      const auto there = subtract(merged(std::move(other.spans)), sessions);
      // A freeze is somebody's word; the rest is margin around the sessions.
      note(other.freeze ? Severity::error : Severity::warning, target,
           cat("auto-sync is let through although ", calendar_.id(), " blocks ", name, none),
           intersect(there, automatic));
    }
  }

  void note_blocked(const Target& target, const Spans& automatic, const Spans& manual) {
    const auto blocked = market_.blocked([](const Block& /*block*/) { return true; });
    const auto needless = [&](const Spans& let) {
      return subtract(subtract({market_.range}, let), blocked);
    };
    const Spans all = needless(manual);
    note(Severity::warning, target,
         cat("every sync is blocked although ", calendar_.id(), " does not"), all);
    note(Severity::warning, target,
         cat("auto-sync is blocked although ", calendar_.id(), " does not (by hand it passes)"),
         subtract(needless(automatic), all));
  }

  const Calendar& calendar_;
  Market market_;
  std::vector<LintFinding> findings_;
};

Result<Market> market_of(const Calendar& calendar, time::Instant now, date::days ahead) {
  const auto& zone = calendar.zone();
  const auto today = date::floor<date::days>(zone.to_local(now));
  const auto midnight = [&](time::Date date) { return zone.to_instants(time::Local{date}).first; };
  Market market;
  market.range = {midnight(today),
                  std::min(midnight(today + ahead), calendar.blocks_known_until())};
  if (market.range.begin >= market.range.end) {
    // The calendar's own words are the best ones.
    const auto day = calendar.day(today);
    return unknown(day ? cat("calendar ", calendar.id(), " ends today") : day.error().message);
  }
  auto blocks = calendar.blocks(market.range.begin, market.range.end);
  if (!blocks) return forward(std::move(blocks.error()));
  market.blocks = std::move(*blocks);
  return market;
}

}  // namespace

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::hint:
      return "hint";
  }
  return "";
}

bool LintReport::fails() const {
  return std::ranges::any_of(
      findings, [](const LintFinding& finding) { return finding.severity == Severity::error; });
}

Result<LintReport> lint_windows(const std::vector<Window>& windows,
                                const std::vector<Target>& applications, const Calendar& calendar,
                                time::Instant now, date::days ahead) {
  if (ahead < date::days{1} || ahead > kLintMost) {
    return usage(
        cat("windows are compared for 1 to ", kLintMost.count(), " days, not for ", ahead.count()));
  }
  auto market = market_of(calendar, now, ahead);
  if (!market) return forward(std::move(market.error()));
  LintReport report{market->range.begin, market->range.end, {}};
  Lint lint(calendar, std::move(*market));
  for (const Window& window : windows) lint.look_at(window, applications);
  for (const Target& target : applications) lint.look_at(target, matching(windows, target));
  report.findings = std::move(lint).findings();
  return report;
}

text::Json to_json(const LintReport& report) {
  text::Json::Array findings;
  for (const LintFinding& finding : report.findings) {
    text::Json json;
    json.set("severity", word(finding.severity)).set("words", finding.words);
    if (finding.from && finding.to) {
      json.set("from", time::rfc3339(*finding.from))
          .set("to", time::rfc3339(*finding.to))
          .set("times", static_cast<std::int64_t>(finding.times));
    }
    findings.push_back(std::move(json));
  }
  text::Json json;
  json.set("from", time::rfc3339(report.from))
      .set("to", time::rfc3339(report.to))
      .set("fails", report.fails())
      .set("findings", std::move(findings));
  return json;
}

}  // namespace stagegate::argocd
