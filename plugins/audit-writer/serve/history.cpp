#include "plugins/audit-writer/serve/history.hpp"

#include <algorithm>
#include <array>
#include <deque>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/when.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::uint64_t kFirstWindow = 1'024;  // records
constexpr std::uint64_t kWidestWindow = 65'536;
// Of lines on one page. Parsed they take ten times as much, for each thread.
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

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

// The newest of the records that it is given in the log's order: as many as a page still has room
// for, so that neither many records nor long ones make an answer that does not fit into memory.
class Newest {
 public:
  Newest(std::size_t records, std::size_t bytes) : records_(records), room_(bytes) {}

  void add(Record record, std::size_t bytes) {
    kept_.push_back({std::move(record), bytes});
    bytes_ += bytes;
    // One record is always there, however long: the next page begins before it.
    while (kept_.size() > records_ || (bytes_ > room_ && kept_.size() > 1)) {
      bytes_ -= kept_.front().bytes;
      kept_.pop_front();
      cut_ = true;
    }
  }
  // Whether there were more than there was room for.
  bool cut() const { return cut_; }
  std::size_t bytes() const { return bytes_; }
  // The newest first.
  void move_to(std::vector<Record>& page) {
    for (auto at = kept_.rbegin(); at != kept_.rend(); ++at) page.push_back(std::move(at->record));
  }

 private:
  struct Kept {
    Record record;
    std::size_t bytes;
  };
  std::deque<Kept> kept_;
  std::size_t records_;
  std::size_t room_;
  std::size_t bytes_ = 0;
  bool cut_ = false;
};

// The records of [low, high) that the filter lets through.
Result<> read_window(const RecordSource& source, const Filter& filter, std::uint64_t low,
                     std::uint64_t high, Newest& newest) {
  Result<> fault;
  const auto visit = [&](const audit::Line& line) {
    if (line.seq >= high) return audit::Next::stop;
    auto record = parse_record(line);
    if (!record) {
      fault = forward(record.error());
      return audit::Next::stop;
    }
    if (matches(filter, *record)) newest.add(*std::move(record), line.text.size());
    return audit::Next::go_on;
  };
  const std::string needle = needle_of(filter);
  auto read = needle.empty() ? source.each(low, visit) : source.each_with(needle, low, visit);
  return read ? fault : read;
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
  // Without a needle to look for, every record of a window is parsed.
  const bool parses_all = needle_of(question.filter).empty();
  std::uint64_t width =
      parses_all ? std::min<std::uint64_t>(kFirstWindow, question.limit + 1) : kFirstWindow;
  std::size_t bytes = 0;
  bool cut = false;
  // One more than is asked for tells whether there is a next page.
  while (high > floor && !cut && page.records.size() <= question.limit) {
    const std::uint64_t low = high - std::min(width, high - floor);
    Newest newest(question.limit + 1 - page.records.size(),
                  kMostBytes - std::min(bytes, kMostBytes));
    if (auto read = read_window(source, question.filter, low, high, newest); !read) {
      return forward(read.error());
    }
    cut = newest.cut();
    bytes += newest.bytes();
    newest.move_to(page.records);
    high = low;
    width = std::min(width * 4, kWidestWindow);
  }
  if (page.records.size() > question.limit) {
    page.records.resize(question.limit);
    page.next = page.records.back().seq;
  } else if (cut) {
    page.next = page.records.back().seq;
  } else if (high > 0) {
    page.searched_all = false;
    page.next = high;
  }
  return page;
}

}  // namespace stagegate::audit_writer
