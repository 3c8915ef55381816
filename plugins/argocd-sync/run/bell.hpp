// Hears that something has happened to an Application, while somebody else looks at it now and
// then. What it hears is a reason to look sooner and never an answer: streams lose events.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "common/fs/descriptor.hpp"
#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

class Bell {
 public:
  // Listens on a thread and a way of its own. `interrupt_fd` as for everything.
  Bell(const MakeWay& make_way, Application since, int interrupt_fd);
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  ~Bell();

  enum class Heard { change, nothing, interrupt };
  // Waits for the next sign.
  Heard wait(milliseconds longest);
  // Whether there is a line that stands: then nothing has happened as long as nothing was heard.
  bool stands() const;

 private:
  void hear(const MakeWay& make_way);
  void listen(const MakeWay& make_way);
  bool pause(milliseconds length);

  Application since_;
  int interrupt_fd_;
  fs::Descriptor rung_;                       // readable: something has happened
  fs::Descriptor over_;                       // readable: nobody waits any more
  std::atomic<std::int64_t> since_when_ = 0;  // on a clock that is never set; 0: no line
  std::thread thread_;
};

}  // namespace stagegate::argocd
