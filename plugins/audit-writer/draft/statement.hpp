// A record's content from what the settings state and what the pipeline is.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/record/record.hpp"
#include "common/result/result.hpp"
#include "common/time/instant.hpp"
#include "plugins/audit-writer/draft/actor.hpp"
#include "plugins/audit-writer/draft/images.hpp"
#include "plugins/audit-writer/draft/pipeline.hpp"

namespace stagegate::audit_writer {

// What the gate found, where the record is about a gate.
struct GateFacts {
  std::string name;
  std::optional<time::Instant> evaluated_at;
  std::optional<time::Instant> next_change_at;
  std::string evidence_sha256;
  std::string evidence_url;
  std::map<std::string, std::int64_t> counts;
};

struct Statement {
  std::string event;
  std::string type;
  Claim operated_by;
  Claim approved_by;
  std::string project;
  std::string source_stage;
  std::string target_stage;
  std::string image_tag;
  std::string previous_tag;
  std::vector<Image> images;
  std::string commit;
  std::optional<time::Instant> commit_time;
  std::string notes;
  std::string outcome;
  std::string reason;
  std::optional<time::Instant> occurred_at;
  std::optional<std::chrono::milliseconds> duration;
  std::optional<bool> rollback;
  std::vector<std::string> fixes;
  std::string change_ref;
  GateFacts gate;
  std::string system;  // where the fact comes from; empty: told from the pipeline
  std::string promotion;
  std::string freight;
  std::string application;
  std::string url;
  std::string anchor;  // of log.anchored: where a checkpoint is kept
  std::map<std::string, std::string> extra;
  std::string idempotency_key;
};

// What has written the record.
struct Writer {
  std::string version;
  std::string host;
};
text::Json json_of(const Writer& writer);

// `fresh_key` is the idempotency key when nothing else gives one. Fails (usage) with every fault.
Result<audit::Draft> draft_of(const Statement& statement, const Pipeline& pipeline,
                              const Writer& writer, const std::string& fresh_key);

// The event in a line: "promotion.succeeded stonks beta -> paper 3f2a91c, by celes".
std::string summary(const text::Json& record);

}  // namespace stagegate::audit_writer
