// The history as a page of it: the newest records first, as many as fit.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/http/request.hpp"
#include "plugins/audit-writer/query/filter.hpp"

namespace stagegate::audit_writer {

struct HistoryQuestion {
  Filter filter;
  std::optional<std::uint64_t> before;  // only records with a smaller number
  std::size_t limit = 50;
};
inline constexpr std::size_t kMostRecords = 10'000;

// From the query of a request: stage, operator, tag, type, project, promotion, since, until,
// break_glass, before, limit. Empty ones count as absent, because a form sends all of its fields.
// Fails (usage) with every fault, a line for each. Names in `others` are let through.
Result<HistoryQuestion> parse_history(const std::vector<http::Field>& query, audit::Stamp now,
                                      const std::vector<std::string>& others = {});
// The same as a query, without `before` and `limit`: "stage=live&tag=3f2a91c", or "".
std::string show_query(const std::vector<http::Field>& query);

struct HistoryPage {
  std::vector<Record> records;        // the newest first
  std::optional<std::uint64_t> next;  // `before` of the next page; none: this is the last
  bool searched_all = true;           // false: the search was cut short, `next` goes on with it
};

// Looks at no more than `most` records, so that no question can keep the service busy for long, and
// ends a page before its limit when its records are long: no question can fill the memory.
Result<HistoryPage> read_history(const RecordSource& source, const HistoryQuestion& question,
                                 std::uint64_t most = 500'000);

}  // namespace stagegate::audit_writer
