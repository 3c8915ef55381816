// An Argo CD Application, as far as it says what was asked for, what runs, and who did it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "common/time/instant.hpp"

namespace stagegate::argocd {

// The entry of an operation's infos that says whose it is.
inline constexpr std::string_view kRunInfo = "stagegate.run";

enum class Phase : std::uint8_t { none, running, terminating, succeeded, failed, error };
enum class Health : std::uint8_t { healthy, suspended, progressing, missing, degraded, unknown };
enum class Sync : std::uint8_t { synced, out_of_sync, unknown };

struct ResourceName {
  std::string group;
  std::string kind;
  std::string name_space;
  std::string name;

  std::string text() const;  // "apps/Deployment stonks-beta/query-api"
};

struct ResourceState {
  ResourceName resource;
  std::string state;  // in Argo CD's words: "OutOfSync", "SyncFailed", "Degraded"
  std::string message;
};

struct Operation {
  std::string run;         // the value of kRunInfo; empty: it is not of a run of ours
  std::string by;          // who started it
  bool automated = false;  // auto-sync did
  bool partial = false;    // it names resources: the others are left as they are
  std::vector<text::Json> sources;
};

struct OperationState {
  Phase phase = Phase::none;
  Operation operation;
  std::string started_at;
  std::optional<time::Instant> finished_at;
  std::string message;
  std::vector<std::string> revisions;  // that were applied, one for each source
  std::vector<text::Json> applied;     // the sources at that time
  std::vector<ResourceState> failed;
  std::vector<ResourceName> prune_skipped;
};

struct Application {
  std::string name;
  std::string name_space;
  std::string project;
  std::string resource_version;
  bool deleting = false;
  bool skips_reconcile = false;
  bool refreshing = false;  // a new comparison has been asked for
  bool auto_sync = false;
  std::string managed_by;   // an ApplicationSet or a parent that may put things back; empty: nobody
  std::string last_hand;    // who changed the sources last, as far as the API knows
  text::Json destination;   // of the specification: {"server", "name", "namespace"}
  text::Json sync_options;  // of the specification, for every operation; null: none
  text::Json retry;         // likewise

  std::vector<text::Json> sources;      // of the specification
  bool several = false;                 // they are in a list, even if it has one only
  std::vector<text::Json> compared;     // that the status speaks of
  std::optional<Operation> operation;   // asked for, or running
  std::optional<OperationState> state;  // of the last one

  Sync sync = Sync::unknown;
  std::vector<std::string> revisions;  // of the last comparison, one for each source
  Health health = Health::unknown;
  std::string health_message;
  std::optional<time::Instant> reconciled_at;  // when the last full comparison began
  std::vector<std::string> images;             // of the pods that are there
  std::vector<std::string> errors;             // of its conditions
  std::vector<ResourceState> troubled;         // not in sync or not healthy
  bool more_trouble = false;                   // there is more than is kept
  std::size_t differing = 0;                   // out of sync, and not because they are left over
  std::vector<ResourceName> rollouts;
  std::vector<ResourceName> workloads;  // that have pods: Rollouts, Deployments and their like
};

std::string_view word(Health health);
std::string_view word(Sync sync);
std::optional<Health> health_named(std::string_view word);

// Reads an Application as the API sends it, of any size, piece by piece.
class ApplicationReader {
 public:
  ApplicationReader();
  ~ApplicationReader();
  Result<> feed(std::string_view bytes);
  // Fails (unknown) for what is no Application.
  Result<Application> finish();

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

// Whether both mean the same to Argo CD, in whatever order their members are: to it a member that
// is empty is one that is not there.
bool same_value(const text::Json& left, const text::Json& right);
bool same_sources(const std::vector<text::Json>& left, const std::vector<text::Json>& right);

}  // namespace stagegate::argocd
