// An Argo CD of one Application that does what a test says, and a clock that goes on whenever it is
// asked.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>

#include "common/fs/descriptor.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/run/deployment.hpp"
#include "plugins/argocd-sync/run/tools.hpp"

namespace stagegate::argocd {

inline bool is_readable(int fd) {
  pollfd there{fd, POLLIN, 0};
  return ::poll(&there, 1, 0) > 0;
}

// Can be asked to end, as by a signal.
class EndingClock : public time::ManualClock {
 public:
  using ManualClock::ManualClock;
  time::Woke sleep(time::Instant until, milliseconds limit) override {
    return ended() ? time::Woke::interrupted : ManualClock::sleep(until, limit);
  }
  void end() const { ::eventfd_write(signal_.get(), 1); }
  bool ended() const { return is_readable(signal_.get()); }
  int interrupt_fd() const { return signal_.get(); }

 private:
  fs::Descriptor signal_{::eventfd(0, EFD_CLOEXEC)};
};

inline time::Instant moment(int second) {
  return time::parse_instant("2026-08-24T12:00:00Z").value() + std::chrono::seconds(second);
}

inline text::Json helm_source(const std::string& tag) {
  text::Json parameters;
  parameters.push(text::Json().set("name", "image.tag").set("value", tag).set("forceString", true));
  return text::Json()
      .set("repoURL", "r")
      .set("helm", text::Json().set("parameters", std::move(parameters)));
}

// Synced and healthy with that tag, and nobody has ever synced it.
inline Application application(const std::string& tag) {
  Application app;
  app.name = "beta";
  app.project = "stonks";
  app.resource_version = "1";
  app.sources = app.compared = {helm_source(tag)};
  app.sync = Sync::synced;
  app.revisions = {"abc"};
  app.health = Health::healthy;
  app.reconciled_at = moment(0);
  app.images = {"query-api:" + tag};
  return app;
}

inline OperationState operation_state(Phase phase, const std::string& run) {
  OperationState state;
  state.phase = phase;
  state.started_at = "2026-08-24T12:00:02Z";
  state.operation.run = run;
  if (phase != Phase::running) state.finished_at = moment(3);
  return state;
}

// What is there, and what was asked for. What a test does not say is done as if all went well.
struct FakeArgo {
  explicit FakeArgo(Application begin) : app(std::move(begin)) {}

  EndingClock clock{moment(0)};
  Application app;
  std::vector<std::string> asked = {};  // "start run-1", "terminate"
  std::function<void()> before_read = {};
  std::function<std::optional<Failure>()> silent = {};  // instead of what is there
  std::function<Asked(const SyncWish&)> start = {};
  std::function<Result<>()> preflight = {};
  std::function<Result<std::optional<text::Json>>()> object = {};

  // Somebody's operation comes to its good end.
  void succeed(const std::string& run, const std::string& tag) {
    app.operation.reset();
    app.state = operation_state(Phase::succeeded, run);
    app.sources = app.compared = {helm_source(tag)};
    app.reconciled_at = moment(4);
    app.images = {"query-api:" + tag};
    touch();
  }
  void touch() {
    app.resource_version = std::to_string(text::parse_count(app.resource_version).value() + 1);
  }
  std::size_t times(const std::string& what) const {
    return static_cast<std::size_t>(std::ranges::count(asked, what));
  }
};

class FakeWay : public Way {
 public:
  FakeWay(FakeArgo& argo, int interrupt_fd) : argo_(argo), interrupt_fd_(interrupt_fd) {}

  void set_deadline(std::optional<milliseconds> deadline) override { deadline_ = deadline; }
  Result<> preflight(const Application& /*app*/, bool /*changes*/) override {
    return argo_.preflight ? argo_.preflight() : Result<>();
  }
  Result<Application> read(const std::string& /*app*/) override {
    argo_.clock.advance(milliseconds(500));
    if (argo_.before_read) argo_.before_read();
    if (is_readable(interrupt_fd_)) return unknown("interrupted");
    if (argo_.silent) {
      if (const auto failure = argo_.silent()) return forward(*failure);
    }
    if (deadline_ && argo_.clock.uptime() >= *deadline_) {
      return fail(Failure::Kind::deadline, "the deadline has passed");
    }
    return argo_.app;
  }
  Result<> look(const std::string& /*app*/, Look /*look*/) override { return {}; }
  Result<Asked> start(const Application& /*seen*/, const std::vector<text::Json>& /*patch*/,
                      const SyncWish& wish) override {
    argo_.asked.push_back("start " + wish.run);
    if (argo_.start) return argo_.start(wish);
    argo_.succeed(wish.run, "2");
    return Asked{Asked::Kind::accepted};
  }
  Result<> terminate(const Application& seen) override {
    if (!seen.state) return unknown("it has not begun");
    argo_.asked.emplace_back("terminate");
    return {};
  }
  Result<text::Json> project(const std::string& /*name*/) override {
    return text::Json().set("spec", text::Json(text::Json::Object{}));
  }
  Result<std::optional<bool>> windowed(const Application& /*app*/) override { return false; }
  Result<std::optional<text::Json>> object(const Application& /*app*/,
                                           const ResourceName& /*name*/) override {
    return argo_.object ? argo_.object() : Result<std::optional<text::Json>>(std::nullopt);
  }
  Result<> resume(const Application& /*app*/, const ResourceName& /*rollout*/) override {
    return {};
  }
  Symptoms symptoms(const Application& /*app*/) override { return {}; }
  text::Json events_of(const Application& /*app*/, const PodTrouble& /*pod*/) override {
    return {};
  }
  Result<LogLines> log_of(const Application& /*app*/, const LogChoice& /*log*/) override {
    return LogLines();
  }
  Result<> listen(const Application& /*since*/, const std::function<void()>& /*changed*/) override {
    pollfd over{interrupt_fd_, POLLIN, 0};
    ::poll(&over, 1, -1);
    return {};
  }

 private:
  FakeArgo& argo_;
  int interrupt_fd_;
  std::optional<milliseconds> deadline_;
};

// A run that sets the tag "2" in "beta". Pauses are real: they are short.
struct FakeRun {
  explicit FakeRun(FakeArgo& there) : argo(there) {
    options.apps = {"beta"};
    options.tag.text = "2";
    options.parameters = {"image.tag"};
    options.expect_images = {"query-api"};
    options.timeout = milliseconds(60'000);
    options.rollback_timeout = milliseconds(60'000);
    options.watch.settle = milliseconds(1'000);
    options.watch.image_grace = milliseconds(5'000);
    options.watch.degraded_grace = milliseconds(5'000);
    options.watch.out_of_sync_grace = milliseconds(5'000);
    options.watch.error_grace = milliseconds(5'000);
    options.watch.window_grace = milliseconds(5'000);
    options.watch.poll_min = milliseconds(1);
    options.watch.poll_max = milliseconds(2);
    options.watch.heartbeat = milliseconds(30'000);
  }

  Tools tools() {
    return {options,
            true,
            "run-1",
            argo.clock,
            argo.clock.interrupt_fd(),
            [this](int interrupt_fd) {
              return Result<std::unique_ptr<Way>>(std::make_unique<FakeWay>(argo, interrupt_fd));
            },
            argo.clock.uptime() + options.timeout,
            [](const std::string&, const std::string&) {}};
  }

  FakeArgo& argo;
  Options options;
};

inline Ending ending_of(FakeRun& run) {
  const Tools tools = run.tools();
  return deploy(tools, "beta", "2");
}

}  // namespace stagegate::argocd
