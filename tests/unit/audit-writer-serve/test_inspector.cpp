// Verifying in the background.
#include <mutex>
#include <vector>

#include "plugins/audit-writer/serve/inspector.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

// Waits until the inspector has verified so often.
struct Verified {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> quick;
  void add(bool is_quick) {
    const std::lock_guard lock(mutex);
    quick.push_back(is_quick);
    changed.notify_all();
  }
  std::vector<bool> wait_for(std::size_t count) {
    std::unique_lock lock(mutex);
    REQUIRE(
        changed.wait_for(lock, std::chrono::seconds(60), [&] { return quick.size() >= count; }));
    return quick;
  }
};

}  // namespace

TEST_CASE("a log is verified quickly first, then in full, then quickly again and again") {
  auto verified = std::make_shared<Verified>();
  const Inspector inspector(
      [verified](bool quick) {
        verified->add(quick);
        return Result<audit::Report>(audit::Report{});
      },
      {.every = std::chrono::milliseconds(1), .full_every = std::chrono::hours(1)});
  const auto quick = verified->wait_for(4);
  CHECK(std::vector<bool>(quick.begin(), quick.begin() + 4) ==
        std::vector<bool>{true, false, true, true});
  CHECK(inspector.inspections().last->faultless());
  CHECK(inspector.inspections().last_full);
}

TEST_CASE("a full verification that finds a fault is not the last good one") {
  auto verified = std::make_shared<Verified>();
  const Inspector inspector(
      [verified](bool quick) -> Result<audit::Report> {
        verified->add(quick);
        if (!quick) return unknown("not readable");
        return audit::Report{};
      },
      {.every = std::chrono::milliseconds(1), .full_every = std::chrono::hours(1)});
  verified->wait_for(3);
  CHECK_FALSE(inspector.inspections().last_full);
}
