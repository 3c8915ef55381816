// A record: one fact about a promotion, a gate, a grant, a stage or the log itself. What may stand
// in one is said by schemas/audit-record.json; the rules here are the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <date/date.h>

#include "common/audit/tree/merkle.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::audit {

// Records are ordered by their number; the time is for people, in milliseconds.
using Stamp = date::sys_time<std::chrono::milliseconds>;
std::string show(Stamp stamp);  // "2026-11-21T06:30:00.123Z"
Result<Stamp> parse_stamp(std::string_view text);

inline constexpr std::size_t kLongestLine = 65'535;  // C2SP tile entries have a 16-bit length
inline constexpr std::size_t kLongestNotes = 16'384;
inline constexpr std::size_t kLongestReason = 2'048;
inline constexpr std::size_t kLongestKey = 200;  // of idempotency

// A record before it has its place: all members but v, seq, prev, ts, id and salt, which are given
// when it is appended.
using Draft = text::Json;

// Every fault at once, a line for each, with its member's name (usage). Unknown members are
// refused: they would be evidence that nobody reads. `writer` may be missing: the log knows it.
Result<> check_draft(const Draft& draft);
// The same for a whole record as it is read from a log.
Result<> check_record(const text::Json& record);

// What people wrote, made fit for a record: malformed UTF-8 becomes U+FFFD (and `sanitized` is
// set), notes that are too long are cut (and the hash of the whole is kept).
Draft tidy(Draft draft);

struct Place {
  std::uint64_t seq = 0;
  Hash prev{};
  Stamp ts = {};
  std::optional<Stamp> previous_ts = {};  // of the record before
  text::Json writer = {};                 // for a draft that does not name one
};

// The line without its newline: v, seq, prev, ts, then the draft's members, id and salt made fresh.
// Control characters and the characters that turn text around are escaped. Fails (usage) when it is
// longer than a line may be.
Result<std::string> compose_line(const Draft& draft, const Place& place);

// JSON on one line that no terminal can be fooled by: what compose_line does with a draft.
std::string one_line(const text::Json& json);

// The four members that every line begins with, read without a JSON parser; empty when it does not.
struct LineHead {
  std::uint64_t seq;
  std::string_view prev;  // 64 hex digits
  std::string_view ts;
};
std::optional<LineHead> read_head(std::string_view line);

// Whether two records with one idempotency key say the same: everything counts but their place and
// what differs between two tries of one step (id, salt, times, duration, the writer). Of a grant's
// times its length counts.
bool same_meaning(const text::Json& stored, const Draft& draft);

// A fresh ULID for `at`.
std::string make_ulid(Stamp at);
// `prev` of the first record.
Hash first_prev(std::string_view origin);

}  // namespace stagegate::audit
