// What runs where, and what somebody should look at: kept up to date record by record.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/grant/grant.hpp"
#include "plugins/audit-writer/query/record.hpp"

namespace stagegate::audit_writer {

// The part of a record that a card of the page shows.
struct Moment {
  std::uint64_t seq = 0;
  std::string ts;
  std::string event;
  std::string image_tag;
  std::string operator_name;
  bool verified = false;  // the operator's identity
  std::string source_stage;
  std::string notes;
  std::string reason;
  std::string url = {};  // only http and https
  bool break_glass = false;
  bool rollback = false;
};
Moment moment_of(const Record& record);

struct StageNow {
  std::string name;
  std::optional<Moment> current = {};  // the latest successful promotion
  // The latest record about a promotion to it that is newer than `current`: it is on its way, or
  // has come to nothing.
  std::optional<Moment> latest = {};
  bool enabled = true;
};

struct GrantNow {
  audit::GrantState state;
  bool open_review() const { return state.use && !state.reviewed; }
};

class Board {
 public:
  // Stages that are shown in this order, whether they are in the log or not. Others follow.
  explicit Board(const std::vector<std::string>& stages);

  // In the log's order, each record once.
  void take(const Record& record);

  const std::vector<StageNow>& stages() const { return stages_; }
  // Grants that may still be used, or whose use nobody has reviewed; the newest first.
  std::vector<GrantNow> grants(audit::Stamp now) const;
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }  // by event
  std::uint64_t redacted() const { return redacted_; }
  const std::optional<audit::Stamp>& newest() const { return newest_; }

 private:
  StageNow* find(std::string_view name);

  std::vector<StageNow> stages_;
  audit::GrantBook book_;
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t redacted_ = 0;
  std::optional<audit::Stamp> newest_;
};

}  // namespace stagegate::audit_writer
