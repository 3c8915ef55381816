// Care of the log itself: repair, recover, redact.
#include <filesystem>
#include <system_error>

#include "common/audit/care/recover.hpp"
#include "common/audit/care/redact.hpp"
#include "common/audit/care/repair.hpp"
#include "common/audit/settings.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/file.hpp"
#include "common/settings/read.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/stages.hpp"
#include "plugins/audit-writer/verbs/key_file.hpp"
#include "plugins/audit-writer/verbs/reading.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;
using text::Json;

// Whoever does what cannot be undone says who it is, and why.
Result<audit::Actor> answerable(const Options& options) {
  const auto pipeline = read_pipeline(settings::process_environment());
  const auto actor = operator_of({options.operator_name, options.operator_kind}, pipeline);
  std::vector<std::string> faults;
  if (!actor) faults.emplace_back("operator: say who does it");
  if (text::trim(options.reason).empty()) faults.emplace_back("reason: say why");
  if (!faults.empty()) return usage(text::join(faults, "\n"));
  return *actor;
}

Json list_of(const std::vector<std::string>& texts) {
  return Json::Array(texts.begin(), texts.end());
}

// ---- repair ----

std::string text_of(const audit::Repaired& repaired) {
  if (!repaired.changed() && repaired.left.empty()) return "nothing to repair";
  std::vector<std::string> lines;
  if (repaired.slot) {
    lines.push_back(cat("made the slot of record ", *repaired.slot,
                        " again: the lines and the checkpoint agree"));
  }
  if (!repaired.lines.empty()) {
    lines.push_back(cat("wrote the lines of ", repaired.lines.size(), " records again"));
  }
  if (repaired.cut_off > 0) {
    lines.push_back(cat("cut off ", repaired.cut_off, " bytes behind the log's end"));
  }
  if (!repaired.tiles.empty()) {
    lines.push_back(cat("made ", repaired.tiles.size(), " tiles again"));
  }
  for (const auto& kept : repaired.quarantined) {
    lines.push_back(cat("kept what was there in ", kept.file, " (", kept.bytes, " bytes, record ",
                        kept.seq, ")"));
  }
  for (const auto& left : repaired.left) lines.push_back(cat("NOT MENDED: ", left));
  return text::join(lines, "\n");
}

Json json_of(const audit::Repaired& repaired) {
  Json::Array lines;
  for (const auto seq : repaired.lines) lines.emplace_back(seq);
  Json::Array kept;
  for (const auto& one : repaired.quarantined) {
    kept.push_back(Json().set("file", one.file).set("bytes", one.bytes).set("seq", one.seq));
  }
  return Json()
      .set("changed", repaired.changed())
      .set("slot", repaired.slot ? Json(*repaired.slot) : Json())
      .set("lines", std::move(lines))
      .set("cut_off_bytes", repaired.cut_off)
      .set("tiles", list_of(repaired.tiles))
      .set("quarantined", std::move(kept))
      .set("left", list_of(repaired.left));
}

// ---- recover ----

// A key that an interrupted try has made is used again.
Result<audit::SigningKey> key_of_next_generation(const Options& options,
                                                 const std::string& origin) {
  const auto& path = options.care.key_out;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return make_key_file(path, origin);
  const auto bytes = fs::read_file(path);
  if (!bytes) return usage(cat("key_out: ", bytes.error().message));
  auto key = audit::SigningKey::parse(*bytes);
  if (key && key->verify_key().name() == origin) return key;
  return usage(cat("key_out: ", path, " is there already, and is not a key for ", origin));
}

Result<> can_recover(const Options& options) {
  std::vector<std::string> faults;
  if (!options.care.accept_loss) {
    faults.emplace_back(
        "accept_loss: the lost records stay lost; first look for copies (a snapshot of the "
        "server, the CI's logs). Then give --accept-loss");
  }
  if (options.care.new_log.empty()) {
    faults.emplace_back("new_log: the directory of the log that goes on");
  }
  if (options.care.key_out.empty()) {
    faults.emplace_back("key_out: the file for the new log's key, which is made");
  }
  if (!faults.empty()) return usage(text::join(faults, "\n"));
  return {};
}

// ---- redact ----

// `current` would answer with an older deployment, and nobody would notice.
Result<> may_redact(const Options& options, const Reading& reading, std::uint64_t seq) {
  if (options.care.accept_loss) return {};
  const auto states = read_stages(reading.source(), std::nullopt);
  if (!states) return forward(states.error());
  for (const auto& state : *states) {
    if (!state.promotion || state.promotion->seq != seq) continue;
    return fail(Failure::Kind::refused,
                cat("record ", seq, " is what says that ", state.name, " runs ",
                    state.promotion->text("image_tag"),
                    ": redact it after the next deployment, or with --accept-loss"));
  }
  return {};
}

step::Outcome redacted(const audit::Redacted& done, std::uint64_t seq) {
  step::Outcome outcome;
  outcome.text = done.had_been
                     ? cat("record ", seq, " is redacted already; record ", done.by, " says why")
                     : cat("redacted record ", seq, "; record ", done.by,
                           " says why. Exports, reports and backups made before still have it");
  if (done.record) outcome.text += cat("\n\n", text::trim(done.record->checkpoint));
  outcome.json.set("seq", seq)
      .set("by", done.by)
      .set("had_been", done.had_been)
      .set("checkpoint", done.record ? Json(done.record->checkpoint) : Json());
  return outcome;
}

}  // namespace

step::Outcome repair(const Options& options, const step::Run& /*run*/) {
  const auto who = answerable(options);
  if (!who) return step::outcome_of(who.error());
  auto log = audit::open_log(options.log);
  if (!log) return step::outcome_of(log.error());
  const auto repaired = audit::repair(*log, {.who = *who, .reason = options.reason});
  if (!repaired) return step::outcome_of(repaired.error());
  return {.exit = repaired->left.empty() ? step::Exit::done : step::Exit::conflict,
          .text = text_of(*repaired),
          .json = json_of(*repaired)};
}

step::Outcome recover(const Options& options, const step::Run& /*run*/) {
  const auto who = answerable(options);
  if (!who) return step::outcome_of(who.error());
  if (auto can = can_recover(options); !can) return step::outcome_of(can.error());
  const auto old_key = audit::trusted_key(options.log);
  if (!old_key) return step::outcome_of(old_key.error());
  auto new_key = key_of_next_generation(options, audit::next_generation(old_key->key.name()));
  if (!new_key) return step::outcome_of(new_key.error());
  const std::string vkey = new_key->verify_key().text();
  const auto recovered = audit::recover({.old_log = {options.log.audit_log},
                                         .old_key = old_key->key,
                                         .new_log = {options.care.new_log},
                                         .new_key = *std::move(new_key),
                                         .who = *who,
                                         .reason = options.reason},
                                        {});
  if (!recovered) return step::outcome_of(recovered.error());
  step::Outcome outcome;
  outcome.json = json_of(recovered->record);
  outcome.text = cat("began ", options.care.new_log, "; ", options.log.audit_log, " is kept",
                     recovered->read_only ? ", read-only" : "", ", with ", recovered->kept,
                     " records whose lines are there\nVerifies with (audit_vkey):\n  ", vkey,
                     "\nThe signing key is in ", options.care.key_out,
                     ". Give both to the writers, with the new directory.\n\n",
                     text::trim(recovered->record.checkpoint));
  outcome.json.set("vkey", vkey)
      .set("new_log", options.care.new_log)
      .set("kept", recovered->kept)
      .set("old_size", recovered->last_signed ? Json(recovered->last_signed->size) : Json())
      .set("old_root",
           recovered->last_signed ? Json(crypto::base64(recovered->last_signed->root)) : Json())
      .set("read_only", recovered->read_only);
  return outcome;
}

step::Outcome redact(const Options& options, const step::Run& /*run*/) {
  const auto who = answerable(options);
  if (!who) return step::outcome_of(who.error());
  const auto reading = Reading::open(options);
  if (!reading) return step::outcome_of(reading.error());
  const auto found = find_record(reading->source(), options.query.record);
  if (!found) return step::outcome_of(found.error());
  if (auto may = may_redact(options, *reading, found->seq); !may) {
    return step::outcome_of(may.error());
  }
  auto log = audit::open_log(options.log);
  if (!log) return step::outcome_of(log.error());
  const auto done = audit::redact(*log, {.seq = found->seq, .reason = options.reason, .who = *who});
  if (!done) return step::outcome_of(done.error());
  return redacted(*done, found->seq);
}

}  // namespace stagegate::audit_writer
