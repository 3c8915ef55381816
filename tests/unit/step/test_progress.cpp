#include <algorithm>

#include "common/step/progress.hpp"
#include "tests/unit/step/captured.hpp"

using namespace stagegate;
using namespace stagegate::step;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::ptrdiff_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

std::string shown(Progress& progress, const std::string& state, milliseconds uptime) {
  return captured(stderr, [&] { progress.show(state, "in 5 s", uptime); });
}

}  // namespace

TEST_CASE("a log hears at once what is waited for, and then once for each heartbeat") {
  Progress progress(false, seconds{30});
  CHECK(progress.next(seconds{100}) == seconds{0});
  const auto first = shown(progress, "waiting: market open", seconds{100});
  CHECK_THAT(first, ContainsSubstring("info waiting: market open, in 5 s\n"));
  CHECK(lines_of(first) == 1);
  CHECK(progress.next(seconds{100}) == seconds{30});
  CHECK(shown(progress, "waiting: market open", milliseconds{129'999}).empty());
  CHECK(progress.next(milliseconds{129'999}) == milliseconds{1});
  CHECK(lines_of(shown(progress, "waiting: market open", seconds{130})) == 1);
  CHECK(progress.next(seconds{130}) == seconds{30});
}

TEST_CASE("a log hears at once when something else is waited for") {
  Progress progress(false, seconds{30});
  shown(progress, "waiting: market open", seconds{0});
  CHECK(lines_of(shown(progress, "waiting: frozen", seconds{1})) == 1);
  CHECK(progress.next(seconds{1}) == seconds{30});
  CHECK(shown(progress, "waiting: frozen", seconds{2}).empty());
}

TEST_CASE("a heartbeat that is overdue, after a suspend, is due now and comes once") {
  Progress progress(false, seconds{30});
  shown(progress, "waiting", seconds{0});
  CHECK(progress.next(seconds{7200}) == seconds{0});
  CHECK(lines_of(shown(progress, "waiting", seconds{7200})) == 1);
  CHECK(shown(progress, "waiting", seconds{7201}).empty());
}

TEST_CASE("a terminal gets one line, rewritten each second and cleared at the end") {
  std::string all;
  {
    Progress progress(true, seconds{30});
    CHECK(shown(progress, "waiting", seconds{0}) == "\rwaiting, in 5 s\x1b[K");
    CHECK(progress.next(seconds{0}) == seconds{1});
    CHECK(shown(progress, "waiting", seconds{1}) == "\rwaiting, in 5 s\x1b[K");
    CHECK(captured(stderr, [&] { progress.end(); }) == "\r\x1b[K");
    CHECK(captured(stderr, [&] { progress.end(); }).empty());
  }
}

TEST_CASE("in between nothing ends for a log: the same is not shown again before its heartbeat") {
  Progress progress(false, seconds{30});
  shown(progress, "waiting", seconds{0});
  CHECK(captured(stderr, [&] { progress.end(); }).empty());
  CHECK(progress.next(seconds{1}) == seconds{29});
  CHECK(shown(progress, "waiting", seconds{1}).empty());
}

TEST_CASE("nothing is cleared where nothing was shown") {
  CHECK(captured(stderr, [] { const Progress progress(true, seconds{30}); }).empty());
  CHECK(captured(stderr, [] {
          Progress progress(false, seconds{30});
          progress.show("waiting", "in 5 s", seconds{0});
        }).find('\r') == std::string::npos);
}
