// Grants and approvals in a log: read from a view of it, used by a record that is added only if
// what was read still holds.
#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/grant.hpp"
#include "common/audit/log/proven.hpp"
#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

// Members as they stand in a line: compact JSON. A text in which they appear has its quotes
// escaped, and every hit is parsed anyway.
constexpr std::string_view kBreakGlass = R"("type":"break_glass")";
constexpr std::string_view kRedaction = R"("event":"redacted")";

constexpr std::chrono::minutes kMostLag{5};

template <class Take>
Result<> take_line(const Line& line, Take& take) {
  const auto record = text::parse_json(line.text);
  if (!record) {
    return fail(Failure::Kind::conflict,
                cat("record ", line.seq, " is no JSON: run audit-writer verify"));
  }
  take(line.seq, *record);
  return {};
}

// Every record with `needle` in its line, from `from` on, in the log's order.
template <class Take>
Result<> each_record(const View& view, std::string_view needle, std::uint64_t from, Take take) {
  Result<> fault;
  auto visited = view.each_with(needle, from, [&](const Line& line) {
    fault = take_line(line, take);
    return fault ? Next::go_on : Next::stop;
  });
  if (!visited) return visited;
  return fault;
}

// Whether the line has the needle or is a redaction.
bool is_about(const Line& line, std::string_view needle) {
  return line.text.find(needle) != std::string_view::npos ||
         line.text.find(kRedaction) != std::string_view::npos;
}

tl::unexpected<Failure> lags(Stamp clock, Stamp logged) {
  return unknown(cat("the clock shows ", show(clock), ", but a record of the log was written at ",
                     show(logged), ": set the clock of this machine"));
}

// The grants from one on, of records that are shown to be the signed ones.
struct ProvenGrants {
  GrantBook book;
  Stamp latest = Stamp::min();  // of when they were written, and of all records among them
};
Result<ProvenGrants> prove_grants(const View& view, std::uint64_t from) {
  ProvenGrants proven;
  Result<> fault;
  const auto take = [&](std::uint64_t seq, const text::Json& record) {
    proven.book.take(seq, record);
  };
  const auto read = each_proven(view, from, [&](const Line& line) {
    if (const auto head = read_head(line.text)) {
      if (const auto at = parse_stamp(head->ts)) proven.latest = std::max(proven.latest, *at);
    }
    if (is_about(line, kBreakGlass)) fault = take_line(line, take);
    return fault ? Next::go_on : Next::stop;
  });
  if (!read) return forward(read.error());
  if (!fault) return forward(fault.error());
  return proven;
}

// Most promotions have no grant, and to see that takes no look at what the rest of the log is.
Result<std::optional<Override>> find_proven_override(const View& view, const Passage& passage,
                                                     const GrantRules& rules, Stamp clock) {
  const auto now = trusted_now(clock, view);
  if (!now) return forward(now.error());
  const auto grants = read_grants(view);
  if (!grants) return forward(grants.error());
  auto meant = find_override(*grants, passage, rules, *now);
  if (!meant || !*meant) return meant;
  const auto proven = prove_grants(view, (*meant)->grant.seq);
  if (!proven) return forward(proven.error());
  // The last record alone would not do: a gate whose clock was set back writes records, too.
  auto found = find_override(proven->book.grants(), passage, rules, std::max(*now, proven->latest));
  const bool fresh = found && *found && !(*found)->used_before;
  if (fresh && proven->latest - clock > kMostLag) return lags(clock, proven->latest);
  return found;
}

}  // namespace

Result<std::vector<GrantState>> read_grants(const View& view) {
  GrantBook book;
  const auto take = [&](std::uint64_t seq, const text::Json& record) { book.take(seq, record); };
  if (auto read = each_record(view, kBreakGlass, 0, take); !read) return forward(read.error());
  if (book.grants().empty()) return std::vector<GrantState>();
  const auto first = book.grants().front().grant.seq;
  if (auto read = each_record(view, kRedaction, first, take); !read) return forward(read.error());
  return book.grants();
}

Result<Stamp> trusted_now(Stamp clock, const View& view) {
  const Slot* last = view.last();
  const auto head = last == nullptr ? std::nullopt : read_head(last->line);
  if (!head) return clock;
  const auto logged = parse_stamp(head->ts);
  if (!logged) return forward(logged.error());
  if (*logged - clock > kMostLag) return lags(clock, *logged);
  return std::max(clock, *logged);
}

Result<std::optional<Consumed>> consume_grant(Log& log, const Passage& passage,
                                              const GrantRules& rules, Stamp clock) {
  std::optional<Override> found;
  bool none_meant = false;
  bool settled = false;
  const auto decide = [&](const View& view) -> Result<Draft> {
    found.reset();
    auto answer = find_proven_override(view, passage, rules, clock);
    if (!answer) return forward(answer.error());
    found = *std::move(answer);
    none_meant = !found;
    if (none_meant) return fail(Failure::Kind::refused, "no grant is meant for this promotion");
    // One that was used so long ago that its key may not be looked for any more has been built upon
    // many times since, and stands.
    settled = found->used_before && found->used_in + kSlotsKept < view.size();
    if (settled) return fail(Failure::Kind::refused, "used before");
    return consume_draft(found->grant, passage);
  };
  const auto appended = log.append_if(decide);
  if (!appended && none_meant && appended.error().kind == Failure::Kind::refused) {
    return std::optional<Consumed>();
  }
  if (!appended && settled && appended.error().kind == Failure::Kind::refused) {
    Appended before;
    before.seq = found->used_in;
    before.duplicate = true;
    return Consumed{found->grant, std::move(before), true};
  }
  if (!appended) return forward(appended.error());
  // The log looks for the key in lines that nobody has checked, from before the grant as well.
  if (appended->duplicate && !found->used_before) {
    return fail(Failure::Kind::conflict,
                cat("record ", appended->seq, " says that grant ", found->grant.id,
                    " was used before it was given: run audit-writer verify"));
  }
  return Consumed{found->grant, *appended, found->used_before || appended->duplicate};
}

Result<std::optional<Approval>> find_approval(const View& view, const Passage& passage,
                                              const GrantRules& rules) {
  // Without these a word could be about anything.
  if (passage.image_tag.empty() || passage.project.empty() || passage.target_stage.empty()) {
    return std::optional<Approval>();
  }
  ApprovalBook book(passage);
  const auto take = [&](std::uint64_t seq, const text::Json& record) { book.take(seq, record); };
  const std::string needle = cat(R"("image_tag":)", text::Json(passage.image_tag).dump());
  if (auto read = each_record(view, needle, 0, take); !read) return forward(read.error());
  if (auto read = each_record(view, kRedaction, 0, take); !read) return forward(read.error());
  auto answer = book.answer(rules);
  if (!answer || !*answer) return answer;
  ApprovalBook proven(passage);
  const auto take_proven = [&](std::uint64_t seq, const text::Json& record) {
    proven.take(seq, record);
  };
  Result<> fault;
  const auto read = each_proven(view, (*answer)->seq, [&](const Line& line) {
    if (is_about(line, needle)) fault = take_line(line, take_proven);
    return fault ? Next::go_on : Next::stop;
  });
  if (!read) return forward(read.error());
  if (!fault) return forward(fault.error());
  return proven.answer(rules);
}

}  // namespace stagegate::audit
