// How Argo CD is reached: through its own API, or through that of Kubernetes. The same questions
// get the same answers on both ways.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"
#include "plugins/argocd-sync/app/application.hpp"
#include "plugins/argocd-sync/evidence/evidence.hpp"
#include "plugins/argocd-sync/evidence/log_lines.hpp"

namespace stagegate::argocd {

using std::chrono::milliseconds;

// The sync that is asked for.
struct SyncWish {
  std::string run;                                         // kRunInfo
  std::vector<std::pair<std::string, std::string>> infos;  // more of them: who, what for
  std::vector<std::string> revisions;                      // one for each source; empty: as the
                                                           // Application says
  bool prune = false;
};

// The infos of its operation, as Argo CD keeps them.
text::Json infos_of(const SyncWish& wish);

// The version of its kind, as far as kinds are asked for here.
std::string_view version_of(const ResourceName& name);

// What came of asking.
struct Asked {
  enum class Kind : std::uint8_t {
    accepted,
    moved,     // the Application is not any more as it was read: read it again
    busy,      // another operation is in progress
    windowed,  // a sync window does not let it through
    lost,      // nobody knows: the answer did not come. Look whether it was accepted
  };
  Kind kind;
  std::string words = {};
};

enum class Look : std::uint8_t { again, hard };

// Belongs to one thread at a time. `passing` failures may be mended by themselves.
class Way {
 public:
  virtual ~Way() = default;
  // On the clock's uptime, for everything asked from now on.
  virtual void set_deadline(std::optional<milliseconds> deadline) = 0;

  // What will not work later, found before anything is changed. `changes`: start() has a patch.
  virtual Result<> preflight(const Application& app, bool changes) = 0;

  virtual Result<Application> read(const std::string& app) = 0;
  // Has Argo CD compare the Application with its sources now. Does not wait for it.
  virtual Result<> look(const std::string& app, Look look) = 0;
  // Changes the specification and starts the sync, if the Application still is as it was read.
  virtual Result<Asked> start(const Application& seen, const std::vector<text::Json>& patch,
                              const SyncWish& wish) = 0;
  // Ends the operation that is running if it still is the one that was read. It may take a while
  // until it has ended.
  virtual Result<> terminate(const Application& seen) = 0;

  // The AppProject as Kubernetes keeps it, or with the global projects whose windows hold for it:
  // for project_windows().
  virtual Result<text::Json> project(const std::string& name) = 0;
  // Whether the windows hold a sync back that is asked for now; nullopt: nobody says it here.
  virtual Result<std::optional<bool>> windowed(const Application& app) = 0;

  // An object of the Application's, such as a Rollout; nullopt: it is not there.
  virtual Result<std::optional<text::Json>> object(const Application& app,
                                                   const ResourceName& name) = 0;
  // Lets a Rollout that pauses go on.
  virtual Result<> resume(const Application& app, const ResourceName& rollout) = 0;

  // Raw material for telling what is wrong; what cannot be had is null.
  struct Symptoms {
    text::Json tree;    // of resources, with their health: Argo CD only
    text::Json pods;    // a list of all in the namespace: Kubernetes only
    text::Json events;  // a list
  };
  virtual Symptoms symptoms(const Application& app) = 0;
  // About one pod, where symptoms() has not told them.
  virtual text::Json events_of(const Application& app, const PodTrouble& pod) = 0;
  virtual Result<LogLines> log_of(const Application& app, const LogChoice& log) = 0;

  // Calls `changed` whenever something happens to the Application, until the line breaks or the
  // interrupt_fd becomes readable. It may hear nothing for ever: nothing is known from silence.
  virtual Result<> listen(const Application& since, const std::function<void()>& changed) = 0;
};

// A way of its own for each thread. `interrupt_fd` as for http::Client.
using MakeWay = std::function<Result<std::unique_ptr<Way>>(int interrupt_fd)>;

}  // namespace stagegate::argocd
