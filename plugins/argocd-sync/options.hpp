// The settings of argocd-sync, each declared once.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/kube/settings.hpp"
#include "common/settings/secret.hpp"
#include "common/settings/table.hpp"
#include "plugins/argocd-sync/carrier/carrier.hpp"
#include "plugins/argocd-sync/git/settings.hpp"
#include "plugins/argocd-sync/rollout/policy.hpp"

namespace stagegate::argocd {

using std::chrono::milliseconds;

// Another operation is in progress.
enum class OnBusy : std::uint8_t { wait, adopt, fail };
enum class OnTimeout : std::uint8_t { leave, terminate };
enum class Order : std::uint8_t { parallel, sequence };

struct AccessSettings {
  std::string server;
  settings::Secret token;
  std::string username;
  settings::Secret password;
  std::string ca_file;
  bool insecure = false;
  bool plain_http = false;
  std::string proxy;
  kube::ClusterSettings cluster;
};

struct WatchSettings {
  milliseconds settle{0};
  milliseconds degraded_grace{0};
  milliseconds error_grace{0};
  milliseconds out_of_sync_grace{0};
  milliseconds image_grace{0};
  milliseconds window_grace{0};
  milliseconds poll_min{0};
  milliseconds poll_max{0};
  milliseconds heartbeat{0};
};

struct Options {
  AccessSettings access;
  std::vector<std::string> apps;
  std::string project;
  std::string app_namespace;

  settings::ImageTag tag;
  Carrier carrier = Carrier::helm;
  std::vector<std::string> parameters;
  std::vector<std::string> kustomize_images;
  std::string source;
  git::GitSettings git;

  std::vector<std::string> expect_images;
  bool exclusive_images = false;
  std::vector<std::string> revisions;
  bool prune = false;
  bool allow_leftovers = false;

  std::string run_id;
  std::string actor;
  std::string stage;
  std::string commit;
  std::string pipeline_url;

  milliseconds timeout{0};
  WatchSettings watch;
  OnBusy on_busy = OnBusy::wait;
  OnPause on_pause = OnPause::fail;
  OnTimeout on_timeout = OnTimeout::leave;
  Order order = Order::parallel;
  std::vector<std::string> ignore_health;
  bool rollback_on_failure = false;
  milliseconds rollback_timeout{0};

  // lint-windows
  std::string manifest;
  std::map<std::string, std::string> namespaces;
  std::string calendar;
  std::int64_t ahead = 0;  // days
  std::optional<time::Instant> at;
};

void declare_options(settings::Table& table, Options& options);

// What each setting cannot say by itself. `verb`: "sync" or "wait".
Result<> check_options(const Options& options, std::string_view verb);

}  // namespace stagegate::argocd
