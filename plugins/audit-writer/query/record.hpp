// A line of the log, understood.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/audit/log/view.hpp"
#include "common/audit/record/record.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "plugins/audit-writer/query/source.hpp"

namespace stagegate::audit_writer {

struct Record {
  std::uint64_t seq = 0;
  text::Json json;  // all members; null for a redacted one
  std::optional<std::uint64_t> redacted_by = {};
  std::optional<audit::Stamp> at = {};  // `ts`

  std::string_view text(std::string_view key) const { return json.text(key); }
  // "promotion.succeeded"
  std::string event() const;
  bool is(std::string_view type, std::string_view event) const;
  // The name of the actor in the member `key` ("operator", "approver").
  std::string_view actor(std::string_view key) const;
  // Whether a block was overridden, or may be: a grant or its use, a promotion that used one.
  bool is_break_glass() const;
};

// Fails (unknown) for a line that is no record, and for one of a later version than this program
// knows: an answer that leaves it out would be wrong.
Result<Record> parse_record(const audit::Line& line);

// Visits records; a line that cannot be understood ends the visit with its failure.
using RecordVisit = std::function<audit::Next(const Record&)>;
Result<> each_record(const RecordSource& source, std::uint64_t from, const RecordVisit& visit);
// Those whose line holds `needle`; with an empty one all.
Result<> each_record_with(const RecordSource& source, std::string_view needle, std::uint64_t from,
                          const RecordVisit& visit);
Result<> each_record_backwards(const RecordSource& source, const RecordVisit& visit);

// What a line with this member holds in its bytes: records are compact JSON.
std::string member_needle(std::string_view key, std::string_view value);

}  // namespace stagegate::audit_writer
