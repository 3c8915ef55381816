// The settings that every program with an audit log has, under the same names.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/log/log.hpp"
#include "common/settings/secret.hpp"
#include "common/settings/table.hpp"

namespace stagegate::audit {

struct LogSettings {
  std::string audit_log;       // the directory; empty: none
  settings::Secret audit_key;  // to write
  std::string audit_vkey;      // to verify; empty: that of the signing key, else log.json's own
  std::chrono::milliseconds audit_deadline{30'000};
};

// `writers`: the verbs that append, `readers`: those that only look.
void declare_log_settings(settings::Table& table, LogSettings& target,
                          const std::vector<std::string>& writers,
                          const std::vector<std::string>& readers);

struct Trusted {
  VerifyKey key;
  bool pinned;  // false: it was found beside the log, where whoever changes one can change both
};
Result<Trusted> trusted_key(const LogSettings& settings);
Result<Log> open_log(const LogSettings& settings, LogOptions options = {});
Result<View> open_view(const LogSettings& settings);

// The line that keeps what could not be stored: "AUDIT-PENDING {json}", read by audit-writer
// import.
std::string pending_line(const Draft& draft);

}  // namespace stagegate::audit
