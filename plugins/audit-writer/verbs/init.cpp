// A new key, a new log.
#include <optional>

#include <unistd.h>

#include "common/audit/log/log.hpp"
#include "common/audit/log/slot.hpp"
#include "common/audit/tree/note.hpp"
#include "common/fs/file.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/verbs/key_file.hpp"
#include "plugins/audit-writer/verbs/storing.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

Result<std::string> origin_of(const Options& options) {
  const std::string& origin = options.care.origin;
  if (origin.empty()) {
    return usage("origin is required: the log's name for good, such as example.com/audit/stonks");
  }
  if (!audit::is_key_name(origin)) {
    return usage(cat("origin: ", text::quoted(origin),
                     " cannot be a log's name: no blanks, no control "
                     "characters, no +"));
  }
  return origin;
}

Result<audit::SigningKey> new_key(const Options& options) {
  const auto origin = origin_of(options);
  if (!origin) return forward(origin.error());
  return make_key_file(options.care.key_out, *origin);
}

// The key that is given, or a new one.
Result<audit::SigningKey> key_for_init(const Options& options) {
  const bool given = !options.log.audit_key.empty();
  const bool made = !options.care.key_out.empty();
  if (given && made) {
    return usage("audit_key and key_out are both given: use the key that is there, or make one");
  }
  if (made) return new_key(options);
  if (!given) {
    return usage("no key: give audit_key (better audit_key_file), or key_out to make a new one");
  }
  auto key = audit::SigningKey::parse(options.log.audit_key.reveal());
  if (!key) return usage(cat("audit_key: ", key.error().message));
  const auto& origin = options.care.origin;
  if (!origin.empty() && origin != key->verify_key().name()) {
    return usage(cat("origin: ", text::quoted(origin), " is not the name in audit_key, ",
                     text::quoted(key->verify_key().name()), ": a log is called as its key is"));
  }
  return key;
}

std::string where_to_keep(const Options& options) {
  if (options.care.key_out.empty()) return {};
  return cat("\nThe signing key is in ", options.care.key_out,
             ". Put it into the secret that the writers read (audit_key), keep one copy in a safe "
             "place, and delete the file.");
}

std::string advice(const std::string& vkey) {
  return cat("\nVerifies with (audit_vkey; keep it outside the log as well):\n  ", vkey);
}

// Whether the log's first record may have been signed with the key: then nobody could go on without
// it.
bool may_be_in_use(const Options& options, const audit::VerifyKey& key) {
  const auto first = fs::read_if_there(audit::Layout{options.log.audit_log}.slot(0));
  if (!first) return true;
  return *first && audit::open_slot(**first, key).has_value();
}

// A new key without a log would stand in the way of the next try.
step::Outcome not_made(const Options& options, const audit::VerifyKey& key, Failure failure) {
  const std::string& path = options.care.key_out;
  if (path.empty()) return step::outcome_of(failure);
  if (may_be_in_use(options, key)) {
    failure.message += cat(". The log has been begun with the key in ", path,
                           ": run init again with --audit-key-file ", path, " instead of key_out");
  } else {
    ::unlink(path.c_str());
  }
  return step::outcome_of(failure);
}

}  // namespace

step::Outcome keygen(const Options& options, const step::Run& /*run*/) {
  if (options.care.key_out.empty()) {
    return step::outcome_of(
        {Failure::Kind::usage,
         "key_out is required: the file for the new key (a secret is never printed)"});
  }
  const auto key = new_key(options);
  if (!key) return step::outcome_of(key.error());
  const std::string vkey = key->verify_key().text();
  step::Outcome outcome{.text = cat("made a key for ", key->verify_key().name(), advice(vkey),
                                    where_to_keep(options))};
  outcome.json.set("origin", key->verify_key().name())
      .set("vkey", vkey)
      .set("key_file", options.care.key_out);
  return outcome;
}

step::Outcome init(const Options& options, const step::Run& /*run*/) {
  if (options.log.audit_log.empty()) {
    return step::outcome_of({Failure::Kind::usage, "audit_log is required: the log's directory"});
  }
  const auto key = key_for_init(options);
  if (!key) return step::outcome_of(key.error());
  const auto made = audit::Log::init({options.log.audit_log}, *key, {});
  if (!made) return not_made(options, key->verify_key(), made.error());
  for (const auto& warning : made->warnings) log::warning(warning);
  const std::string vkey = key->verify_key().text();
  step::Outcome outcome{.text = cat("made the log ", key->verify_key().name(), " in ",
                                    options.log.audit_log, advice(vkey), where_to_keep(options),
                                    "\n\n", text::trim(made->checkpoint))};
  outcome.json = json_of(*made);
  outcome.json.set("origin", key->verify_key().name())
      .set("vkey", vkey)
      .set("audit_log", options.log.audit_log);
  if (!options.care.key_out.empty()) outcome.json.set("key_file", options.care.key_out);
  return outcome;
}

}  // namespace stagegate::audit_writer
