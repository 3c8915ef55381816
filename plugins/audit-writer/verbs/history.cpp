#include <algorithm>
#include <vector>

#include "common/step/standard_output.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/export/csv.hpp"
#include "plugins/audit-writer/query/filter.hpp"
#include "plugins/audit-writer/query/history_page.hpp"
#include "plugins/audit-writer/query/table.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/selection.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

// A record together with its bytes, which jsonl prints as they are.
using LineVisit = std::function<Result<>(const audit::Line& line, const Record& record)>;

// The records that the filter lets through, in the log's order; with a limit the newest of them.
class Selection {
 public:
  Selection(const RecordSource& source, Filter filter, std::size_t limit)
      : source_(source), filter_(std::move(filter)), limit_(limit) {}

  Result<> each(const LineVisit& visit) const {
    return limit_ == 0 ? forwards(visit) : newest(visit);
  }

 private:
  // Calls `visit` for what matches; a failure ends it.
  Result<> visit_all(const audit::Line& line, const LineVisit& visit) const {
    const auto record = parse_record(line);
    if (!record) return forward(record.error());
    return matches(filter_, *record) ? visit(line, *record) : Result<>();
  }

  Result<> forwards(const LineVisit& visit) const {
    Result<> result;
    const auto each = [&](const audit::Line& line) {
      result = visit_all(line, visit);
      return result ? audit::Next::go_on : audit::Next::stop;
    };
    const auto needle = needle_of(filter_);
    auto visited = needle.empty() ? source_.each(0, each) : source_.each_with(needle, 0, each);
    if (!visited) return visited;
    return result;
  }

  Result<> newest(const LineVisit& visit) const {
    struct Kept {
      std::uint64_t seq;
      std::string text;
    };
    std::vector<Kept> kept;
    Result<> result;
    const LineVisit keep = [&](const audit::Line& line, const Record& /*record*/) -> Result<> {
      kept.push_back({line.seq, std::string(line.text)});
      return {};
    };
    auto visited = source_.each_backwards([&](const audit::Line& line) {
      result = visit_all(line, keep);
      return result && kept.size() < limit_ ? audit::Next::go_on : audit::Next::stop;
    });
    if (!visited) return visited;
    std::reverse(kept.begin(), kept.end());
    for (const auto& one : kept) {
      if (!result) break;
      result = visit_all({one.seq, one.text}, visit);
    }
    return result;
  }

  const RecordSource& source_;
  Filter filter_;
  std::size_t limit_;
};

Result<std::uint64_t> print_table(const Selection& selection) {
  Columns columns;
  std::uint64_t count = 0;
  auto seen = selection.each([&](const audit::Line& /*line*/, const Record& record) -> Result<> {
    columns.learn(row_of(record));
    ++count;
    return {};
  });
  if (!seen) return forward(seen.error());
  if (auto printed = step::print(count == 0 ? "no records\n" : columns.line(head_row()));
      !printed) {
    return forward(printed.error());
  }
  auto printed = selection.each([&](const audit::Line& /*line*/, const Record& record) {
    return step::print(columns.line(row_of(record)));
  });
  if (!printed) return forward(printed.error());
  return count;
}

// How each form begins, shows a record, and ends.
struct Form {
  std::string head;
  std::function<std::string(const audit::Line&, const Record&)> record;
  std::string foot;
};

Form form_of(const std::string& output, const audit::View& view) {
  if (output == "jsonl") {
    return {{}, [](const audit::Line& line, const Record&) { return cat(line.text, "\n"); }, {}};
  }
  if (output == "csv") {
    return {
        csv_head(), [](const audit::Line&, const Record& record) { return csv_row(record); }, {}};
  }
  if (output == "html") {
    return {history_page_head(),
            [](const audit::Line&, const Record& record) { return history_page_row(record); },
            history_page_foot(view.head())};
  }
  return {markdown_head(),
          [](const audit::Line&, const Record& record) { return markdown_row(row_of(record)); },
          {}};
}

Result<std::uint64_t> print_form(const Selection& selection, const Form& form) {
  if (auto printed = step::print(form.head); !printed) return forward(printed.error());
  std::uint64_t count = 0;
  auto printed = selection.each([&](const audit::Line& line, const Record& record) {
    ++count;
    return step::print(form.record(line, record));
  });
  if (printed) printed = step::print(form.foot);
  if (!printed) return forward(printed.error());
  return count;
}

step::Outcome as_json(const Selection& selection) {
  Json::Array records;
  const auto seen =
      selection.each([&](const audit::Line& /*line*/, const Record& record) -> Result<> {
        Json json = record.json;
        if (record.redacted_by) {
          json.set("seq", record.seq).set("redacted_by", *record.redacted_by);
        }
        records.push_back(std::move(json));
        return {};
      });
  if (!seen) return step::outcome_of(seen.error());
  step::Outcome outcome;
  outcome.json.set("count", std::uint64_t{records.size()});
  outcome.json.set("records", std::move(records));
  return outcome;
}

}  // namespace

step::Outcome history(const Options& options, const step::Run& run) {
  const auto filter = filter_of(options);
  if (!filter) return step::outcome_of(filter.error());
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const Selection selection(reading->source(), *filter,
                            static_cast<std::size_t>(options.query.limit));
  if (run.output == "json") return as_json(selection);
  auto count = run.output == "text" ? print_table(selection)
                                    : print_form(selection, form_of(run.output, reading->view()));
  if (!count) return step::outcome_of(count.error());
  if (auto flushed = step::flush_print(); !flushed) return step::outcome_of(flushed.error());
  return {.text = {}, .json = Json().set("count", *count)};
}

}  // namespace stagegate::audit_writer
