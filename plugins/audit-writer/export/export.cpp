#include "plugins/audit-writer/export/export.hpp"

#include <optional>

#include "plugins/audit-writer/export/csv.hpp"
#include "plugins/audit-writer/export/mapping.hpp"

namespace stagegate::audit_writer {
namespace {

using Mapping = std::vector<text::Json> (*)(const Exportable&);

Mapping mapping_of(Format format) {
  switch (format) {
    case Format::cloudevents:
      return cloud_events;
    case Format::cdevents:
      return cd_events;
    case Format::ocsf:
      return ocsf_events;
    case Format::in_toto:
      return in_toto_statements;
    case Format::jsonl:
    case Format::csv:
    case Format::tlog_tiles:
      break;
  }
  return nullptr;
}

class Writing {
 public:
  Writing(Format format, const std::string& origin, const Sink& sink)
      : format_(format), origin_(origin), sink_(sink) {}

  Result<> begin() { return format_ == Format::csv ? sink_(csv_head()) : Result<>(); }

  Result<> write(const Record& record, std::string_view line) {
    ++exported_.records;
    if (format_ == Format::jsonl) return put(line, "\n");
    if (format_ == Format::csv) return put(csv_row(record), "");
    const auto pieces = mapping_of(format_)({record, line, origin_});
    if (pieces.empty()) ++exported_.without;
    for (const auto& piece : pieces) {
      if (auto done = put(audit::one_line(piece), "\n"); !done) return done;
    }
    return {};
  }

  const Exported& exported() const { return exported_; }

 private:
  Result<> put(std::string_view piece, std::string_view end) {
    ++exported_.pieces;
    return sink_(std::string(piece).append(end));
  }

  Format format_;
  const std::string& origin_;
  const Sink& sink_;
  Exported exported_;
};

}  // namespace

Result<Exported> export_records(const RecordSource& source, const Filter& filter, Format format,
                                const std::string& origin, const Sink& sink) {
  Writing writing(format, origin, sink);
  if (auto begun = writing.begin(); !begun) return forward(begun.error());
  std::optional<Failure> failure;
  const auto visit = [&](const audit::Line& line) {
    const auto record = parse_record(line);
    if (!record) {
      failure = record.error();
    } else if (matches(filter, *record)) {
      if (auto written = writing.write(*record, line.text); !written) failure = written.error();
    }
    return failure ? audit::Next::stop : audit::Next::go_on;
  };
  const std::string needle = needle_of(filter);
  const auto read = needle.empty() ? source.each(0, visit) : source.each_with(needle, 0, visit);
  if (failure) return forward(*std::move(failure));
  if (!read) return forward(read.error());
  return writing.exported();
}

}  // namespace stagegate::audit_writer
