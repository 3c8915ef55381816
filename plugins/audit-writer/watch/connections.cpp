#include "plugins/audit-writer/watch/connections.hpp"

#include <array>
#include <utility>

#include "common/time/clock.hpp"

namespace stagegate::audit_writer {
namespace {

struct Looked {
  Kind kind;
  kube::Resource resource;
  const char* field_selector;
};

const std::array<Looked, 4>& what_is_looked_at() {
  static const std::array<Looked, 4> kAll = {
      {{Kind::stage, {"kargo.akuity.io", "v1alpha1", "stages"}, ""},
       {Kind::freight, {"kargo.akuity.io", "v1alpha1", "freights"}, ""},
       {Kind::promotion, {"kargo.akuity.io", "v1alpha1", "promotions"}, ""},
       // Whatever other controllers have to say stays where it is.
       {Kind::event, {"", "v1", "events"}, "involvedObject.apiVersion=kargo.akuity.io/v1alpha1"}}};
  return kAll;
}

struct Task {
  std::size_t connection;
  const Looked* looked;
  kube::Config cluster;
  std::string project;
  kube::Following following;
  int stop_fd;
};

void look(const Task& task, Inbox& inbox) {
  time::SystemClock clock(task.stop_fd);
  kube::Api api(task.cluster, clock, task.stop_fd);
  const auto ended = kube::follow(
      api, clock, task.looked->resource, task.project, task.following,
      [&](kube::Seen seen, const text::Json& object) -> Result<http::Flow> {
        const bool wanted = inbox.put({task.connection, task.looked->kind, seen, object});
        return wanted ? http::Flow::go_on : http::Flow::enough;
      });
  if (!ended) inbox.fail(ended.error());
}

}  // namespace

Connections::Connections(const kube::Config& cluster, const std::vector<std::string>& projects,
                         std::chrono::milliseconds longest_silence, Inbox& inbox)
    : inbox_(inbox) {
  for (const std::string& project : projects) {
    for (const Looked& looked : what_is_looked_at()) {
      kube::Following following;
      following.query.field_selector = looked.field_selector;
      following.longest_silence = longest_silence;
      Task task{threads_.size(), &looked, cluster, project, std::move(following), stop_.fd()};
      threads_.emplace_back([task = std::move(task), &inbox] { look(task, inbox); });
    }
  }
}

Connections::~Connections() {
  inbox_.close();
  stop_.ring();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace stagegate::audit_writer
