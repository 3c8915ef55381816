// The settings of `watch`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/kube/settings.hpp"
#include "common/settings/table.hpp"

namespace stagegate::audit_writer {

struct WatchOptions {
  kube::ClusterSettings cluster;
  std::vector<std::string> projects;
  std::string image;
  std::string kargo_url;
  std::chrono::milliseconds patience{0};
  std::chrono::milliseconds give_up{0};
  bool once = false;
};

void declare_watching(settings::Table& table, WatchOptions& options);

}  // namespace stagegate::audit_writer
