#include "plugins/argocd-sync/run/bell.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{15'000};
// A line that is refused is not up for longer than this.
constexpr std::int64_t kStands = 3'000;

std::int64_t steady() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

void ring(const fs::Descriptor& bell) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(bell.get(), &one, sizeof one);
}

void hush(const fs::Descriptor& bell) {
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto read = ::read(bell.get(), &rings, sizeof rings);
}

fs::Descriptor make_event() {
  return fs::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

}  // namespace

Bell::Bell(const MakeWay& make_way, Application since, int interrupt_fd)
    : since_(std::move(since)),
      interrupt_fd_(interrupt_fd),
      rung_(make_event()),
      over_(make_event()) {
  // Whoever could not be told that it is over is not let begin.
  if (rung_.open() && over_.open()) thread_ = std::thread([this, make_way] { hear(make_way); });
}

Bell::~Bell() {
  if (!thread_.joinable()) return;
  ring(over_);
  thread_.join();
}

bool Bell::stands() const {
  const std::int64_t since = since_when_;
  return since != 0 && steady() - since > kStands;
}

Bell::Heard Bell::wait(milliseconds longest) {
  std::array<pollfd, 2> events{{{interrupt_fd_, POLLIN, 0}, {rung_.get(), POLLIN, 0}}};
  ::poll(events.data(), events.size(),
         static_cast<int>(std::max<std::int64_t>(longest.count(), 0)));
  if (events[0].revents != 0) return Heard::interrupt;
  if (events[1].revents == 0) return Heard::nothing;
  hush(rung_);
  return Heard::change;
}

// Nothing depends on what is heard.
void Bell::hear(const MakeWay& make_way) {
  try {
    listen(make_way);
  } catch (const std::exception& exception) {
    log::debug(text::cat("listening: ", exception.what()));
  }
  since_when_ = 0;
}

// Lines break: a server restarts, a proxy has had enough. None of it counts, the looking goes on.
void Bell::listen(const MakeWay& make_way) {
  const auto way = make_way(over_.get());
  if (!way) return;
  milliseconds length = kFirstPause;
  do {
    since_when_ = steady();
    const auto heard = (*way)->listen(since_, [this] { ring(rung_); });
    length = stands() ? kFirstPause : std::min(length * 2, kLongestPause);
    since_when_ = 0;
    if (!heard) log::debug(text::cat("listening: ", heard.error().message));
    // What happened while nobody listened is found by looking.
    since_.resource_version.clear();
  } while (pause(length));
}

bool Bell::pause(milliseconds length) {
  pollfd over{over_.get(), POLLIN, 0};
  return ::poll(&over, 1, static_cast<int>(length.count())) == 0;
}

}  // namespace stagegate::argocd
