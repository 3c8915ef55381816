#include "common/audit/care/redact.hpp"

#include <utility>

#include "common/audit/care/surgery.hpp"
#include "common/audit/log/store.hpp"
#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/crypto/encoding.hpp"
#include "common/crypto/sha256.hpp"
#include "common/fs/file.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;
using text::Json;

Result<> may_be_redacted(std::uint64_t seq, std::string_view line) {
  const auto record = text::parse_json(line);
  if (!record) {
    return fail(Failure::Kind::conflict, cat("record ", seq, " cannot be read: ",
                                             record.error().message, "; run audit-writer verify"));
  }
  if (record->text("type") == "log") {
    return fail(Failure::Kind::refused,
                cat("record ", seq, " is about the log itself (log.", record->text("event"),
                    "): verification rests on it, it stays"));
  }
  return {};
}

// Whoever looks at Kargo sees the same things again and again, and has to find that they have been
// recorded. Such a key names a promotion; others may hold anything, and go with their record.
bool lasts(std::string_view key) {
  return key.starts_with("kargo:");
}

// Of any other key: whoever has it in a copy of the record can recognise it, and nobody can read
// it. With the leaf, so that one key has another mark in each record, and tables of marks are of no
// use.
std::string mark_of(std::string_view leaf, std::string_view key) {
  return crypto::hex(crypto::sha256(cat(leaf, ":", key)));
}

Draft draft_of(const Redaction& redaction, const Hash& leaf, std::string_view line) {
  const auto record = text::parse_json(line);
  const std::string key(record ? record->text("idem") : std::string_view());
  Json log = Json().set("redacts", redaction.seq).set("leaf", crypto::hex(leaf));
  if (lasts(key)) {
    log.set("idem", key);
  } else if (!key.empty()) {
    log.set("idem_sha256", mark_of(crypto::hex(leaf), key));
  }
  return Draft()
      .set("idem", cat("redact:", redaction.seq))
      .set("type", "log")
      .set("event", "redacted")
      .set("operator", json_of(redaction.who))
      .set("outcome", "success")
      .set("reason", redaction.reason)
      .set("log", std::move(log));
}

// The slot, too, holds the record. Its note stays: it speaks of the leaf.
Result<> redact_slot(const Layout& layout, const VerifyKey& key, const std::string& stub,
                     std::uint64_t seq) {
  const fs::Path path = layout.slot(seq);
  const auto bytes = fs::read_if_there(path);
  if (!bytes) return forward(bytes.error());
  if (!*bytes) return {};  // only the newest records have one
  if (const auto slot = open_slot(**bytes, key); !slot) return forward(slot.error());
  const std::string note = (*bytes)->substr((*bytes)->find('\n'));
  auto staged = Staged::write(layout.tail(), cat(stub, note));
  if (!staged) return forward(staged.error());
  if (auto replaced = staged->replace(path); !replaced) return replaced;
  return sync_names(layout.tail());
}

}  // namespace

Result<std::optional<std::uint64_t>> find_redaction(const View& view, std::uint64_t seq) {
  std::optional<std::uint64_t> found;
  const auto read = view.each_with(cat("\"redacts\":", seq), seq, [&](const Line& line) {
    const auto record = text::parse_json(line.text);
    if (!record || record->text("type") != "log" || record->text("event") != "redacted") {
      return Next::go_on;
    }
    const Json* log = record->find("log");
    const Json* redacts = log == nullptr ? nullptr : log->find("redacts");
    if (redacts == nullptr || redacts->integer() != static_cast<std::int64_t>(seq)) {
      return Next::go_on;
    }
    found = line.seq;
    return Next::stop;
  });
  if (!read) return forward(read.error());
  return found;
}

Result<std::optional<RedactedKey>> find_redacted_key(const View& view, std::string_view key) {
  std::optional<RedactedKey> found;
  if (key.empty()) return found;
  const auto read = view.each_with("\"event\":\"redacted\"", 0, [&](const Line& line) {
    const auto record = text::parse_json(line.text);
    const Json* log = record && record->text("type") == "log" ? record->find("log") : nullptr;
    const Json* redacts = log == nullptr ? nullptr : log->find("redacts");
    const auto seq = redacts == nullptr ? std::nullopt : redacts->integer();
    if (!seq) return Next::go_on;
    if (log->text("idem") != key && log->text("idem_sha256") != mark_of(log->text("leaf"), key)) {
      return Next::go_on;
    }
    found = RedactedKey{static_cast<std::uint64_t>(*seq), line.seq};
    return Next::stop;
  });
  if (!read) return forward(read.error());
  return found;
}

Result<Redacted> redact(Log& log, const Redaction& redaction) {
  if (redaction.reason.empty()) return usage("a redaction needs a reason");
  const Layout& layout = log.layout();
  const std::uint64_t seq = redaction.seq;
  auto view = View::open(layout, log.verify_key());
  if (!view) return forward(view.error());
  const auto line = view->line(seq);
  if (!line) return forward(line.error());
  const auto before = find_redaction(*view, seq);
  if (!before) return forward(before.error());

  const auto stub = parse_stub(*line);
  if (stub && !*before) {
    return fail(Failure::Kind::conflict,
                cat("record ", seq,
                    " has been taken out without a record that says so; run "
                    "audit-writer verify"));
  }
  Redacted done;
  done.had_been = stub.has_value();
  const Hash leaf = stored_leaf(*line);
  if (*before) {
    done.by = **before;
  } else {
    if (auto allowed = may_be_redacted(seq, *line); !allowed) return forward(allowed.error());
    auto appended = log.append(draft_of(redaction, leaf, *line));
    if (!appended) return forward(appended.error());
    done.by = appended->seq;
    done.record = std::move(*appended);
  }
  const std::string replacement = show(Stub{seq, leaf, done.by}, line->size());
  if (auto slot = redact_slot(layout, log.verify_key(), replacement, seq); !slot) {
    return forward(slot.error());
  }
  if (auto written = overwrite_line(layout, seq, leaf, replacement); !written) {
    return forward(written.error());
  }
  return done;
}

}  // namespace stagegate::audit
