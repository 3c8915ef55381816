// The settings of audit-writer, each declared once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/settings.hpp"
#include "common/settings/table.hpp"
#include "plugins/audit-writer/draft/actor.hpp"
#include "plugins/audit-writer/publishing.hpp"
#include "plugins/audit-writer/watch/options.hpp"

namespace stagegate::audit_writer {

enum class OutcomeWord { success, failure, blocked, aborted, error, pending, unknown };
enum class System { woodpecker, kargo, argocd, argo_rollouts, gitea_actions, cli, other };

// What a record of `append` says.
struct RecordOptions {
  std::string event;
  std::string approver;
  std::string source_stage;
  std::string target_stage;
  settings::ImageTag image_tag;
  settings::ImageTag previous_tag;
  std::vector<std::string> images;
  std::string images_from;
  std::string commit;
  std::optional<time::Instant> commit_time;
  std::string notes_file;
  std::optional<OutcomeWord> outcome;
  std::optional<time::Instant> occurred_at;
  std::optional<std::chrono::milliseconds> duration;
  std::optional<bool> rollback;
  std::vector<std::string> fixes;
  std::string change_ref;
  std::optional<time::Instant> gate_evaluated_at;
  std::optional<time::Instant> gate_next_change_at;
  std::string evidence;
  std::string evidence_url;
  std::map<std::string, std::int64_t> counts;
  std::optional<System> system;
  std::string freight;
  std::string application;
  std::string url;
  std::string anchor;
  std::map<std::string, std::string> extra;
  std::string idempotency_key;
  bool echo = false;
};

struct GrantOptions {
  std::string justification;
  std::string incident_ref;
  std::chrono::milliseconds expires{0};
  std::optional<time::Instant> not_before;
  std::string grant;  // the id
};

struct QueryOptions {
  std::string since;
  std::string until;
  std::string at;
  bool break_glass = false;
  std::int64_t limit = 0;
  std::string record;  // a number or an id
  std::string left;
  std::string right;
  std::string to;
};

struct VerifyOptions {
  std::vector<std::string> known;
  bool strict = false;
  bool quick = false;
  std::int64_t threads = 0;
};

struct CareOptions {  // of the log itself
  std::string origin;
  std::string key_out;
  std::string from;
  std::string new_log;
  bool accept_loss = false;
  bool dry_run = false;
};

struct Options {
  audit::LogSettings log;
  // Of several verbs.
  std::string operator_name;
  std::optional<ActorKind> operator_kind;
  std::string project;
  std::string promotion;
  std::string notes;
  std::string reason;
  std::string type;  // what is appended, or what is looked for
  std::string gate;
  std::string stage;
  settings::ImageTag tag;

  RecordOptions record;
  GrantOptions grant;
  QueryOptions query;
  VerifyOptions verify;
  CareOptions care;
  PublishingOptions publishing;
  WatchOptions watching;
};

void declare_options(settings::Table& table, Options& options);

}  // namespace stagegate::audit_writer
