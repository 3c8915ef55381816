// What people need to see when an Application does not get healthy: which resources, which pods and
// containers, what the cluster has warned of, and whose log tells most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/text/json.hpp"
#include "common/time/instant.hpp"
#include "plugins/argocd-sync/app/application.hpp"

namespace stagegate::argocd {

// How bad it is, the worst first.
enum class PodState : std::uint8_t {
  crashed,        // a container ended that should run
  cannot_start,   // its image or its configuration is not to be had
  not_scheduled,  // no node takes it
  not_ready,      // it runs and does not answer
  starting,
  restarted,  // it is well now, but has ended badly before
};

struct PodTrouble {
  std::string name_space = {};
  std::string name = {};
  std::string uid = {};
  std::string container = {};  // empty: it is about the whole pod, or not known which
  PodState state = PodState::starting;
  std::string reason = {};  // in the cluster's words: "CrashLoopBackOff"
  std::string message = {};
  std::string image = {};
  std::int64_t restarts = 0;
  std::optional<std::int64_t> exit_code = {};
  std::optional<time::Instant> created = {};
  bool has_log = false;
  bool previous = false;  // what happened is in the log of the instance before
};

struct WarningEvent {
  std::string object = {};  // "Pod query-api-6c9f-x2x1"
  std::size_t others = 0;   // of the same kind, that the same was said of
  std::string reason = {};
  std::string message = {};
  std::int64_t count = 1;
  std::optional<time::Instant> last = {};
};

// The log that is most worth reading. The names are fit for an address.
struct LogChoice {
  std::string name_space = {};
  std::string pod = {};
  std::string container = {};  // empty: the pod's only one, or its first
  bool previous = false;
};

struct Evidence {
  std::vector<ResourceState> unhealthy;
  std::vector<PodTrouble> pods;      // the worst first
  std::vector<WarningEvent> events;  // the newest first
  std::size_t more_unhealthy = 0;    // that were left out
  std::size_t more_pods = 0;
  std::size_t more_events = 0;
  std::optional<LogChoice> log;

  bool empty() const { return unhealthy.empty() && pods.empty() && events.empty(); }
};

// Takes what there is, in any order; what is told twice counts once.
class Gathering {
 public:
  // What the Application itself says.
  void resources(const std::vector<ResourceState>& troubled);
  // Argo CD's resource tree.
  void tree(const text::Json& tree);
  // A list of pods, or one pod. They tell more than the tree does.
  void pods(const text::Json& list);
  // A list of events. With `names`: only what is about these, or about what they own by its name.
  void events(const text::Json& list, const std::vector<std::string>& names = {});

  Evidence evidence() const;

 private:
  void keep(ResourceState state);
  void keep(PodTrouble trouble, bool better);
  void complete(PodTrouble& trouble) const;

  using PodName = std::pair<std::string, std::string>;  // name space and name
  struct Told {
    WarningEvent event;
    std::set<std::string> objects;
  };
  void keep(WarningEvent event);

  std::map<std::string, ResourceState> unhealthy_;
  std::map<PodName, PodTrouble> pods_;
  std::map<PodName, std::string> containers_;  // that the events name
  std::map<std::string, Told> events_;
  std::set<std::string> seen_;  // the events' own names
};

}  // namespace stagegate::argocd
