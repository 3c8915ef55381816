// Grants and approvals in a log: read from a view of it, used by a record that is added only if
// what was read still holds.
#include "common/audit/approval.hpp"
#include "common/audit/grant.hpp"
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

// Every record with `needle` in its line, from `from` on, in the log's order.
template <class Take>
Result<> each_record(const View& view, std::string_view needle, std::uint64_t from, Take take) {
  Result<> fault;
  auto visited = view.each_with(needle, from, [&](const Line& line) {
    const auto record = text::parse_json(line.text);
    if (!record) {
      fault = fail(Failure::Kind::conflict,
                   cat("record ", line.seq, " is no JSON: run audit-writer verify"));
      return Next::stop;
    }
    take(line.seq, *record);
    return Next::go_on;
  });
  if (!visited) return visited;
  return fault;
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
  if (*logged - clock > kMostLag) {
    return unknown(cat("the clock shows ", show(clock), ", but the last record of the log was ",
                       "written at ", show(*logged), ": set the clock of this machine"));
  }
  return std::max(clock, *logged);
}

Result<std::optional<Consumed>> consume_grant(Log& log, const Passage& passage,
                                              const GrantRules& rules, Stamp clock) {
  std::optional<Override> found;
  bool none_meant = false;
  bool settled = false;
  const auto decide = [&](const View& view) -> Result<Draft> {
    found.reset();
    const auto now = trusted_now(clock, view);
    if (!now) return forward(now.error());
    const auto grants = read_grants(view);
    if (!grants) return forward(grants.error());
    auto answer = find_override(*grants, passage, rules, *now);
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
  return book.answer(rules);
}

}  // namespace stagegate::audit
