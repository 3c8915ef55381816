#include "plugins/market-hours-check/gate/decide.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using date::days;

// How far ahead to look, in steps: nearly every answer lies within the first, and no honest one
// beyond the last.
constexpr std::array kLookAhead = {days{9}, days{60}, days{370}};

bool is_freeze(const Block& block) {
  return block.cause == Block::Cause::freeze;
}

Spans spans_of(const std::vector<Block>& blocks, bool (*wanted)(const Block&)) {
  std::vector<Span> spans;
  for (const Block& block : blocks) {
    if (wanted(block)) spans.push_back({block.begin, block.end});
  }
  return merged(std::move(spans));
}

Spans allowed_among(const std::vector<Block>& blocks, Require require, Span range) {
  if (require == Require::closed) {
    return subtract({range}, spans_of(blocks, [](const Block&) { return true; }));
  }
  const Spans sessions =
      spans_of(blocks, [](const Block& block) { return block.cause == Block::Cause::session; });
  // What of the range is session: blocks come whole, also where they overlap its ends.
  const Spans within = subtract({range}, subtract({range}, sessions));
  return subtract(within, spans_of(blocks, is_freeze));
}

// The block that people should hear of when several hold at once: a freeze is somebody's explicit
// word, a session is the market itself, the rest is margin.
int weight(const Block& block) {
  switch (block.cause) {
    case Block::Cause::freeze:
      return block.break_glass ? 5 : 6;
    case Block::Cause::session:
      return 4;
    case Block::Cause::lunch_break:
      return 3;
    case Block::Cause::holiday:
      return 2;
    case Block::Cause::pad_before:
    case Block::Cause::pad_after:
      break;
  }
  return 1;
}

const Block* heaviest_at(const std::vector<Block>& blocks, time::Instant at) {
  const Block* found = nullptr;
  for (const Block& block : blocks) {
    const bool holds = block.begin <= at && at < block.end;
    if (holds && (found == nullptr || weight(block) > weight(*found))) found = &block;
  }
  return found;
}

Reason reason_of(Block::Cause cause) {
  switch (cause) {
    case Block::Cause::session:
      return Reason::market_open;
    case Block::Cause::lunch_break:
      return Reason::lunch_break;
    case Block::Cause::holiday:
      return Reason::holiday;
    case Block::Cause::freeze:
      return Reason::frozen;
    case Block::Cause::pad_before:
    case Block::Cause::pad_after:
      break;
  }
  return Reason::around_session;
}

// The session that is on at `at`, or the next one. Looked up in the days, not in the blocks: a
// calendar may name sessions that do not block.
Result<std::optional<Session>> session_at_or_after(const Calendar& calendar, time::Instant at) {
  const auto today = date::floor<days>(calendar.zone().to_local(at));
  const auto last = std::min(calendar.horizon(), today + kLookAhead.back());
  // A session may have begun on the day before, and the first day asked for must be one that the
  // calendar knows.
  for (auto day = std::max(calendar.valid_from(), today - days{1}); day <= last; day += days{1}) {
    const auto found = calendar.day(day);
    if (!found) return forward(found.error());
    for (const Session& session : found->sessions) {
      if (session.close > at) return session;
    }
  }
  return std::nullopt;
}

// Who blocks at `at`, for a verdict that is already known to be a no. `begins_allowed`: a
// deployment could begin, but would not be over in time.
void explain_block(Verdict& verdict, const std::vector<Block>& blocks, Require require,
                   bool begins_allowed) {
  const Block* block = heaviest_at(blocks, verdict.at);
  // Where an open market is required, a session does not block but a freeze does.
  const bool blocks_now = block != nullptr && (require == Require::closed || is_freeze(*block));
  if (blocks_now) {
    verdict.reason = reason_of(block->cause);
    verdict.name = block->name;
    verdict.break_glass = block->break_glass;
    if (is_freeze(*block)) verdict.market = Market::frozen;
    return;
  }
  verdict.reason = begins_allowed ? Reason::too_short : Reason::market_closed;
}

}  // namespace

Result<Spans> allowed_spans(const Calendar& calendar, Require require, time::Instant from,
                            time::Instant to) {
  const Span range{from, std::min(to, calendar.blocks_known_until())};
  if (range.begin >= range.end) return Spans{};
  const auto blocks = calendar.blocks(range.begin, range.end);
  if (!blocks) return forward(blocks.error());
  return allowed_among(*blocks, require, range);
}

Result<Verdict> decide(const Calendar& calendar, const Policy& policy, time::Instant at) {
  Verdict verdict;
  verdict.at = at;
  const auto today = calendar.day(date::floor<days>(calendar.zone().to_local(at)));
  if (!today) return forward(today.error());
  verdict.today = *today;
  const auto session = session_at_or_after(calendar, at);
  if (!session) return forward(session.error());
  verdict.session = *session;
  const bool open = verdict.session && verdict.session->open <= at;
  verdict.market = open ? Market::open : Market::closed;

  for (const auto ahead : kLookAhead) {
    const Span range{at, std::min(at + ahead, calendar.blocks_known_until())};
    if (range.begin >= range.end) {
      return unknown(text::cat("the calendar ", calendar.id(), " ends on ",
                               time::iso_date(calendar.horizon()),
                               ", too soon to tell what comes next: use one that reaches further"));
    }
    const auto blocks = calendar.blocks(range.begin, range.end);
    if (!blocks) return forward(blocks.error());
    const Spans allowed = allowed_among(*blocks, policy.require, range);
    const auto fit = first_fit(allowed, at, policy.need);
    verdict.allowed = fit == at;
    if (verdict.allowed) {
      verdict.reason = open ? Reason::within_hours : Reason::outside_hours;
      const auto until = holding(allowed, at)->end;
      if (until < range.end) verdict.blocked_at = until;
    } else {
      explain_block(verdict, *blocks, policy.require, holding(allowed, at).has_value());
      verdict.allowed_at = fit;
    }
    if (verdict.blocked_at || verdict.allowed_at) return verdict;
  }
  return verdict;
}

std::string_view name_of(Reason reason) {
  switch (reason) {
    case Reason::outside_hours:
      return "outside_hours";
    case Reason::within_hours:
      return "within_hours";
    case Reason::not_gated:
      return "not_gated";
    case Reason::market_open:
      return "market_open";
    case Reason::market_closed:
      return "market_closed";
    case Reason::around_session:
      return "around_session";
    case Reason::lunch_break:
      return "lunch_break";
    case Reason::holiday:
      return "holiday";
    case Reason::frozen:
      return "frozen";
    case Reason::too_short:
      break;
  }
  return "too_short";
}

std::string_view name_of(Market market) {
  switch (market) {
    case Market::open:
      return "open";
    case Market::frozen:
      return "frozen";
    case Market::closed:
      break;
  }
  return "closed";
}

}  // namespace stagegate::market_hours
