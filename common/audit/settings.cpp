#include "common/audit/settings.hpp"

#include <utility>

#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

Result<Layout> layout_of(const LogSettings& settings) {
  if (settings.audit_log.empty()) {
    return usage("audit_log is missing: the directory of the audit log, such as /audit");
  }
  return Layout{settings.audit_log};
}

Result<SigningKey> signing_key(const LogSettings& settings) {
  if (settings.audit_key.empty()) {
    return usage(
        "audit_key is missing: the log's signing key (PRIVATE+KEY+...), which belongs into a "
        "secret");
  }
  auto key = SigningKey::parse(settings.audit_key.reveal());
  if (!key) return usage(cat("audit_key: ", key.error().message));
  return key;
}

}  // namespace

void declare_log_settings(settings::Table& table, LogSettings& target,
                          const std::vector<std::string>& writers,
                          const std::vector<std::string>& readers) {
  std::vector<std::string> all = writers;
  all.insert(all.end(), readers.begin(), readers.end());
  table.add(target.audit_log, {.name = "audit_log",
                               .help = "The directory of the audit log.",
                               .value = "DIRECTORY",
                               .verbs = all});
  table.add(target.audit_key,
            {.name = "audit_key",
             .help = "The log's signing key, PRIVATE+KEY+name+id+base64, from a secret.",
             .verbs = writers});
  table.add(
      target.audit_vkey,
      {.name = "audit_vkey",
       .help = "The log's verification key, name+id+base64; without it that of the signing "
               "key counts, and else the one beside the log, which whoever can change the log "
               "can change too.",
       .verbs = all});
  table.add(target.audit_deadline,
            {.name = "audit_deadline",
             .help = "How long the log's file system may take to answer. What reads or mends a "
                     "long log may take longer, as long as it gets on.",
             .fallback = "30s",
             .verbs = all});
}

Result<Trusted> trusted_key(const LogSettings& settings) {
  if (!settings.audit_vkey.empty()) {
    auto key = VerifyKey::parse(settings.audit_vkey);
    if (!key) return usage(cat("audit_vkey: ", key.error().message));
    return Trusted{std::move(*key), true};
  }
  if (!settings.audit_key.empty()) {
    const auto key = signing_key(settings);
    if (!key) return forward(key.error());
    return Trusted{key->verify_key(), true};
  }
  const auto layout = layout_of(settings);
  if (!layout) return forward(layout.error());
  const auto about = read_about(*layout);
  if (!about) return forward(about.error());
  auto key = VerifyKey::parse(about->vkey);
  if (!key) {
    return fail(Failure::Kind::conflict,
                cat(layout->about().native(), ": vkey: ", key.error().message));
  }
  return Trusted{std::move(*key), false};
}

Result<Log> open_log(const LogSettings& settings, LogOptions options) {
  const auto layout = layout_of(settings);
  if (!layout) return forward(layout.error());
  auto key = signing_key(settings);
  if (!key) return forward(key.error());
  return Log::open(*layout, std::move(*key), std::move(options));
}

Result<View> open_view(const LogSettings& settings) {
  const auto layout = layout_of(settings);
  if (!layout) return forward(layout.error());
  // First, so that a volume that is not mounted is called that and not a missing file.
  if (const auto about = read_about(*layout); !about) return forward(about.error());
  const auto trusted = trusted_key(settings);
  if (!trusted) return forward(trusted.error());
  return View::open(*layout, trusted->key);
}

std::string pending_line(const Draft& draft) {
  return cat("AUDIT-PENDING ", one_line(tidy(draft)));
}

}  // namespace stagegate::audit
