#include "plugins/audit-writer/export/export.hpp"

#include <fstream>

#include "common/fs/file.hpp"
#include "common/step/standard_output.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/export/tiles.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/selection.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

constexpr std::size_t kLongestCheckpoint = std::size_t{64} << 10;

step::Outcome told(Json json, std::string text) {
  return {.text = std::move(text), .json = std::move(json)};
}

// The checkpoint before the records: the log that is read after it is never smaller.
step::Outcome export_tree(const Options& options) {
  if (options.query.to.empty()) {
    return step::outcome_of(
        {Failure::Kind::usage, "to: tlog-tiles are a folder; name an empty one"});
  }
  const audit::Layout layout{options.log.audit_log};
  const auto note = fs::read_file(layout.checkpoint(), kLongestCheckpoint);
  if (!note) return step::outcome_of(note.error());
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto trusted = audit::trusted_key(options.log);
  if (!trusted) return step::outcome_of(trusted.error());
  const auto checkpoint = audit::open_checkpoint(*note, trusted->key);
  if (!checkpoint) return step::outcome_of(checkpoint.error());
  const auto done = export_tiles(reading->source(), {*checkpoint, *note}, options.query.to);
  if (!done) return step::outcome_of(done.error());
  Json::Array redacted;
  for (const auto seq : done->redacted) redacted.emplace_back(seq);
  std::string text =
      cat("exported ", done->records, " records as ", done->files, " files to ", options.query.to);
  if (!redacted.empty()) {
    text += cat("\n", redacted.size(),
                " records are redacted: whoever hashes the entries will refuse these, the tree is "
                "whole");
  }
  return told(Json()
                  .set("format", "tlog-tiles")
                  .set("to", options.query.to)
                  .set("records", done->records)
                  .set("files", done->files)
                  .set("redacted", std::move(redacted)),
              std::move(text));
}

// A file that is whole or not there under its name.
class Target {
 public:
  explicit Target(const std::string& path) : path_(path), partial_(path + ".partial") {
    if (!path.empty()) file_.open(partial_, std::ios::binary | std::ios::trunc);
  }
  Result<> write(std::string_view bytes) {
    if (path_.empty()) return step::print(bytes);
    file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file_ ? Result<>() : cannot();
  }
  Result<> finish() {
    if (path_.empty()) return step::flush_print();
    file_.close();
    std::error_code error;
    if (file_) std::filesystem::rename(partial_, path_, error);
    return file_ && !error ? Result<>() : cannot();
  }

 private:
  Result<> cannot() const { return unknown(cat("to: cannot write ", text::quoted(path_, 400))); }
  std::string path_;
  std::string partial_;
  std::ofstream file_;
};

}  // namespace

step::Outcome export_log(const Options& options, const step::Run& run) {
  const auto format = options.publishing.exporting.format;
  if (format == Format::tlog_tiles) return export_tree(options);
  if (options.query.to.empty() && run.output == "json") {
    return step::outcome_of(
        {Failure::Kind::usage, "output: stdout is for the records; with `to` they go into a file"});
  }
  const auto filter = filter_of(options);
  if (!filter) return step::outcome_of(filter.error());
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto trusted = audit::trusted_key(options.log);
  if (!trusted) return step::outcome_of(trusted.error());
  Target target(options.query.to);
  const auto done = export_records(reading->source(), *filter, format, trusted->key.name(),
                                   [&](std::string_view bytes) { return target.write(bytes); });
  if (!done) return step::outcome_of(done.error());
  if (auto finished = target.finish(); !finished) return step::outcome_of(finished.error());
  std::string text;
  if (!options.query.to.empty()) {
    text = cat("exported ", done->records, " records as ", done->pieces, " pieces to ",
               options.query.to);
    if (done->without > 0) {
      text += cat("; the form has no place for ", done->without, " of them");
    }
  }
  return told(Json()
                  .set("format", kFormats.at(static_cast<std::size_t>(format)))
                  .set("to", options.query.to)
                  .set("records", done->records)
                  .set("pieces", done->pieces)
                  .set("without", done->without),
              std::move(text));
}

}  // namespace stagegate::audit_writer
