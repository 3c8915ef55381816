#include "plugins/audit-writer/watch/watch.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include <poll.h>

#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "common/time/clock.hpp"
#include "plugins/audit-writer/watch/connections.hpp"
#include "plugins/audit-writer/watch/inbox.hpp"
#include "plugins/audit-writer/watch/record.hpp"
#include "plugins/audit-writer/watch/scene.hpp"
#include "plugins/audit-writer/watch/waiting.hpp"

namespace stagegate::audit_writer {
namespace {

using std::chrono::milliseconds;
using text::cat;

enum class Woken { something, nothing, to_end };

Woken wait(int inbox_fd, int interrupt_fd, std::optional<milliseconds> longest) {
  pollfd fds[] = {{interrupt_fd, POLLIN, 0}, {inbox_fd, POLLIN, 0}};
  const auto most = milliseconds(std::numeric_limits<int>::max());
  const int timeout =
      longest ? static_cast<int>(std::clamp(*longest, milliseconds(0), most).count()) : -1;
  const int count = ::poll(fds, 2, timeout);
  if (count < 0 && errno != EINTR) return Woken::to_end;
  if (fds[0].revents != 0) return Woken::to_end;
  return fds[1].revents != 0 ? Woken::something : Woken::nothing;
}

class Watcher {
 public:
  Watcher(const Watching& watching, Journal journal)
      : watching_(watching),
        journal_(std::move(journal)),
        scene_(watching.image),
        waiting_(watching.patience) {}

  Result<Watched> run(int interrupt_fd) {
    if (auto read = catch_up(); !read) return forward(read.error());
    Inbox inbox;
    const Connections connections(watching_.cluster, watching_.projects, watching_.longest_silence,
                                  inbox);
    complete_.assign(connections.count(), false);
    while (true) {
      if (wait(inbox.fd(), interrupt_fd, longest_wait()) == Woken::to_end) return counts_;
      for (const Sighting& sighting : inbox.take()) take(sighting);
      if (auto failure = inbox.failure()) return forward(*std::move(failure));
      // Only when all is known that was there before: what happened first is recorded first.
      if (!all_listed()) continue;
      if (auto recorded = record_ready(); !recorded) return forward(recorded.error());
      if (watching_.once) return counts_;
      tell_of_start();
    }
  }

 private:
  std::optional<milliseconds> longest_wait() const {
    const auto next = waiting_.next();
    if (!next || !all_listed()) return std::nullopt;
    return *next - clock_.uptime();
  }

  bool all_listed() const {
    return std::find(complete_.begin(), complete_.end(), false) == complete_.end();
  }

  void take(const Sighting& sighting) {
    if (sighting.seen == kube::Seen::complete) {
      complete_[sighting.connection] = true;
      return;
    }
    for (Fact& fact : scene_.take(sighting.kind, sighting.seen, sighting.object)) {
      if (journal_.find(fact.key)) {
        // A change of an object repeats all that it has said before.
        if (sighting.seen == kube::Seen::listed) ++counts_.known;
      } else {
        waiting_.add(std::move(fact), clock_.uptime());
      }
    }
  }

  Result<> record_ready() {
    for (const Fact& fact : waiting_.take_ready(scene_, clock_.uptime(), watching_.once)) {
      if (auto recorded = record(fact); !recorded) return recorded;
    }
    return {};
  }

  Result<> record(const Fact& fact) {
    const Surroundings surroundings{
        .freight = scene_.freight_of(fact).value_or(nameless(fact)),
        .source_stage = scene_.source_of(fact),
        .kargo_url = watching_.kargo_url,
    };
    const audit::Draft draft = draft_of(fact, surroundings, watching_.writer);
    auto appended = store(draft);
    if (!appended) {
      watching_.unstored(draft);
      // A fault of the record alone must not keep all others from being stored.
      if (appended.error().kind != Failure::Kind::usage) return forward(appended.error());
      log::error(cat("not recorded: ", summary(draft), ": ", appended.error().message));
      ++counts_.refused;
      return {};
    }
    if (!*appended || (*appended)->duplicate) {
      ++counts_.known;
      return {};
    }
    for (const auto& warning : (*appended)->warnings) log::warning(warning);
    log::info(cat("recorded as ", (*appended)->seq, ": ", summary(draft)));
    ++counts_.recorded;
    return {};
  }

  // Freight that is gone: its name is all there is.
  static Freight nameless(const Fact& fact) {
    Freight freight;
    freight.name = fact.freight;
    freight.tag = fact.freight;
    return freight;
  }

  Result<> catch_up() {
    const auto watchdog = watching_.watchdog();
    return journal_.catch_up();
  }

  Result<std::optional<audit::Appended>> store(const audit::Draft& draft) {
    const auto watchdog = watching_.watchdog();
    return journal_.record(draft);
  }

  void tell_of_start() {
    if (std::exchange(told_, true)) return;
    log::info(cat("watching ", text::join(watching_.projects, ", "), ": ", counts_.recorded,
                  " recorded, ", counts_.known, " in the log already"));
  }

  const Watching& watching_;
  Journal journal_;
  time::SystemClock clock_;
  Scene scene_;
  Waiting waiting_;
  Watched counts_;
  std::vector<bool> complete_;  // by connection: whether its first list has been seen whole
  bool told_ = false;
};

}  // namespace

Result<Watched> watch(const Watching& watching, Journal journal, int interrupt_fd) {
  return Watcher(watching, std::move(journal)).run(interrupt_fd);
}

}  // namespace stagegate::audit_writer
