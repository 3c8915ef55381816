// One record: shown, and proven.
#include "plugins/audit-writer/query/record.hpp"

#include <filesystem>
#include <system_error>

#include "common/audit/record/stub.hpp"
#include "common/audit/tree/note.hpp"
#include "common/audit/tree/tile.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/file.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/proof.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

constexpr std::size_t kMostCheckpoint = 1u << 16;

struct Proven {
  Found record;
  std::string proof;
};

// The proof is against the checkpoint that readers have, because only checkpoints are signed as
// heads of the tree.
Result<Proven> prove(const Reading& reading, const std::string& name) {
  auto found = find_record(reading.source(), name);
  if (!found) return forward(found.error());
  const audit::View& view = reading.view();
  const auto published = view.published().size;
  if (found->seq >= published) {
    return unknown(cat("record ", found->seq, " is stored, but the checkpoint speaks of the first ",
                       published, " records only: it follows with the next append"));
  }
  const auto note = fs::read_file(view.layout().checkpoint(), kMostCheckpoint);
  if (!note) return forward(note.error());
  const auto proof = audit::inclusion_proof(audit::nodes_of(view), found->seq, published);
  if (!proof) return forward(proof.error());
  const auto leaf = audit::stored_leaf(found->line);
  if (!audit::proves_inclusion(*proof, leaf, found->seq, published, view.published().root)) {
    return fail(Failure::Kind::conflict, cat("record ", found->seq,
                                             " is not the one that the checkpoint speaks of: run "
                                             "`audit-writer verify`"));
  }
  std::string shown = show_proof(found->seq, *proof, *note);
  return Proven{*std::move(found), std::move(shown)};
}

Result<> write_both(const Proven& proven, const fs::Path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return unknown(cat("to: cannot make ", folder.string(), ": ", failed.message()));
  const std::string name = cat("record-", proven.record.seq);
  // The record without a newline: its bytes are the leaf.
  if (auto written = fs::replace_file(folder / (name + ".json"), proven.record.line); !written) {
    return written;
  }
  return fs::replace_file(folder / (name + ".tlog-proof"), proven.proof);
}

}  // namespace

step::Outcome show_record(const Options& options, const step::Run& /*run*/) {
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto found = find_record(reading->source(), options.query.record);
  if (!found) return step::outcome_of(found.error());
  const auto record = parse_record({found->seq, found->line});
  if (!record) return step::outcome_of(record.error());
  const std::string leaf = crypto::hex(audit::stored_leaf(found->line));
  step::Outcome outcome;
  outcome.json.set("seq", found->seq).set("leaf", leaf).set("line", found->line);
  if (record->redacted_by) {
    outcome.text = cat("record ", found->seq, " is redacted; record ", *record->redacted_by,
                       " says why\nleaf  ", leaf);
    outcome.json.set("redacted_by", *record->redacted_by);
    return outcome;
  }
  outcome.text = cat(text::harmless_lines(record->json.dump(2)), "\nleaf  ", leaf);
  outcome.json.set("record", record->json);
  return outcome;
}

step::Outcome proof(const Options& options, const step::Run& /*run*/) {
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto proven = prove(*reading, options.query.record);
  if (!proven) return step::outcome_of(proven.error());
  step::Outcome outcome;
  outcome.json.set("seq", proven->record.seq)
      .set("line", proven->record.line)
      .set("proof", proven->proof);
  if (options.query.to.empty()) {
    outcome.text = cat(proven->record.line, "\n", text::trim(proven->proof));
    return outcome;
  }
  const fs::Path folder = options.query.to;
  if (const auto written = write_both(*proven, folder); !written) {
    return step::outcome_of(written.error());
  }
  outcome.text = cat("wrote record-", proven->record.seq, ".json and record-", proven->record.seq,
                     ".tlog-proof to ", folder.string());
  return outcome;
}

}  // namespace stagegate::audit_writer
