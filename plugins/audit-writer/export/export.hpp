// A part of the log in one of the forms that other systems read: one piece after the other, nothing
// is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "plugins/audit-writer/query/filter.hpp"

namespace stagegate::audit_writer {

// In the order of the setting's choices.
enum class Format : std::uint8_t { jsonl, csv, cloudevents, cdevents, ocsf, in_toto, tlog_tiles };
inline const std::vector<std::string> kFormats = {"jsonl", "csv",     "cloudevents", "cdevents",
                                                  "ocsf",  "in-toto", "tlog-tiles"};

struct Exported {
  std::uint64_t records = 0;  // that the filter let through
  std::uint64_t pieces = 0;   // events, statements or rows that they became
  std::uint64_t without = 0;  // records that the form has no place for
};

using Sink = std::function<Result<>(std::string_view bytes)>;

// All forms but tlog-tiles, which is a folder (tiles.hpp). Each piece ends with its line's end.
// `origin` is the log's.
Result<Exported> export_records(const RecordSource& source, const Filter& filter, Format format,
                                const std::string& origin, const Sink& sink);

}  // namespace stagegate::audit_writer
