// One connection to the Kubernetes API for each kind of object of each project, on a thread of its
// own, because a watch is an answer without an end.
#pragma once

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "common/kube/api.hpp"
#include "common/kube/follow.hpp"
#include "plugins/audit-writer/watch/bell.hpp"
#include "plugins/audit-writer/watch/inbox.hpp"

namespace stagegate::audit_writer {

class Connections {
 public:
  Connections(const kube::Config& cluster, const std::vector<std::string>& projects,
              std::chrono::milliseconds longest_silence, Inbox& inbox);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  ~Connections();

  std::size_t count() const { return threads_.size(); }

 private:
  Bell stop_;
  Inbox& inbox_;
  std::vector<std::thread> threads_;
};

}  // namespace stagegate::audit_writer
