#include "plugins/audit-writer/serve/history.hpp"

#include <algorithm>
#include <array>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/when.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::uint64_t kFirstWindow = 1'024;
constexpr std::uint64_t kWidestWindow = 65'536;

constexpr std::array<std::string_view, 9> kFilters{
    "stage", "operator", "tag", "type", "project", "promotion", "since", "until", "break_glass"};

// Takes the members of a query one after the other and keeps every fault.
class Reader {
 public:
  explicit Reader(audit::Stamp now) : now_(now) {}

  bool take(std::string_view name, const std::string& value) {
    Filter& filter = question_.filter;
    if (name == "stage") {
      filter.stage = value;
    } else if (name == "operator") {
      filter.operator_name = value;
    } else if (name == "tag") {
      filter.tag = value;
    } else if (name == "type") {
      filter.type = value;
    } else if (name == "project") {
      filter.project = value;
    } else if (name == "promotion") {
      filter.promotion = value;
    } else if (name == "break_glass") {
      filter.break_glass = value != "false" && value != "0";
    } else {
      return take_number(name, value);
    }
    return true;
  }
  void fault(std::string text) { faults_.push_back(std::move(text)); }

  Result<HistoryQuestion> result() && {
    if (!faults_.empty()) return usage(text::join(faults_, "\n"));
    return std::move(question_);
  }

 private:
  bool take_number(std::string_view name, const std::string& value) {
    if (name == "since") {
      question_.filter.since = when(name, value);
    } else if (name == "until") {
      question_.filter.until = when(name, value);
    } else if (name == "before") {
      if (const auto seq = number(name, value, 0, std::int64_t{1} << 53)) question_.before = *seq;
    } else if (name == "limit") {
      if (const auto most = number(name, value, 1, kMostRecords)) question_.limit = *most;
    } else {
      return false;
    }
    return true;
  }
  std::optional<audit::Stamp> when(std::string_view name, const std::string& value) {
    const auto at = parse_when(value, now_);
    if (at) return *at;
    fault(cat(name, ": ", at.error().message));
    return std::nullopt;
  }
  std::optional<std::uint64_t> number(std::string_view name, const std::string& value,
                                      std::int64_t least, std::int64_t most) {
    const auto parsed = text::parse_int(value);
    if (parsed && *parsed >= least && *parsed <= most) return static_cast<std::uint64_t>(*parsed);
    fault(cat(name, ": ", text::quoted(value), " is no number from ", least, " to ", most));
    return std::nullopt;
  }

  audit::Stamp now_;
  HistoryQuestion question_;
  std::vector<std::string> faults_;
};

// The records of [low, high) that the filter lets through, in the log's order.
Result<std::vector<Record>> window(const RecordSource& source, const Filter& filter,
                                   std::uint64_t low, std::uint64_t high) {
  std::vector<Record> found;
  const auto read = each_record_with(source, needle_of(filter), low, [&](const Record& record) {
    if (record.seq >= high) return audit::Next::stop;
    if (matches(filter, record)) found.push_back(record);
    return audit::Next::go_on;
  });
  if (!read) return forward(read.error());
  return found;
}

}  // namespace

Result<HistoryQuestion> parse_history(const std::vector<http::Field>& query, audit::Stamp now,
                                      const std::vector<std::string>& others) {
  Reader reader(now);
  for (const auto& [name, value] : query) {
    if (value.empty() || std::find(others.begin(), others.end(), name) != others.end()) continue;
    if (!reader.take(name, value)) {
      reader.fault(cat("nothing is known by the name of ", text::quoted(name)));
    }
  }
  return std::move(reader).result();
}

std::string show_query(const std::vector<http::Field>& query) {
  std::string out;
  for (const auto& [name, value] : query) {
    const bool filters = std::find(kFilters.begin(), kFilters.end(), name) != kFilters.end();
    if (value.empty() || !filters) continue;
    out += cat(out.empty() ? "" : "&", name, "=", text::percent_encode(value));
  }
  return out;
}

Result<HistoryPage> read_history(const RecordSource& source, const HistoryQuestion& question,
                                 std::uint64_t most) {
  HistoryPage page;
  std::uint64_t high = std::min(question.before.value_or(source.size()), source.size());
  const std::uint64_t floor = high > most ? high - most : 0;
  std::uint64_t width = kFirstWindow;
  while (high > floor && page.records.size() <= question.limit) {
    const std::uint64_t low = high - std::min(width, high - floor);
    auto found = window(source, question.filter, low, high);
    if (!found) return forward(found.error());
    page.records.insert(page.records.end(), std::make_move_iterator(found->rbegin()),
                        std::make_move_iterator(found->rend()));
    high = low;
    width = std::min(width * 4, kWidestWindow);
  }
  if (page.records.size() > question.limit) {
    page.records.erase(page.records.begin() + static_cast<std::ptrdiff_t>(question.limit),
                       page.records.end());
    page.next = page.records.back().seq;
  } else if (high > 0) {
    page.searched_all = false;
    page.next = high;
  }
  return page;
}

}  // namespace stagegate::audit_writer
