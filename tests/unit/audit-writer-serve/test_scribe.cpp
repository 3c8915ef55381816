// Storing for callers who cannot wait for ever.
#include <atomic>
#include <future>
#include <thread>

#include "plugins/audit-writer/serve/scribe.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a caller gets what became of its own record") {
  Scribe scribe(
      [](const audit::Draft& draft) -> Result<audit::Appended> {
        if (draft.text("idem") == "bad") return unknown("disk full");
        audit::Appended appended;
        appended.line = draft.text("idem");
        return appended;
      },
      seconds(30));
  CHECK(scribe.store(text::Json().set("idem", "a"))->line == "a");
  CHECK(scribe.store(text::Json().set("idem", "bad")).error().message == "disk full");
  CHECK(scribe.store(text::Json().set("idem", "b"))->line == "b");
}

TEST_CASE("records of many callers are all stored, each once") {
  std::atomic<int> stored{0};
  Scribe scribe(
      [&](const audit::Draft&) {
        ++stored;
        return Result<audit::Appended>(audit::Appended{});
      },
      seconds(60));
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 50; ++k) (void)scribe.store({});
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK(stored == 400);
}

TEST_CASE("a store that does not answer is no success, and those who wait behind it are told too") {
  // Shared with the thread, which outlives this test's patience.
  auto release = std::make_shared<std::promise<void>>();
  auto released = release->get_future().share();
  auto began = std::make_shared<std::atomic<int>>(0);
  {
    Scribe scribe(
        [released, began](const audit::Draft&) {
          ++*began;
          released.wait();
          return Result<audit::Appended>(audit::Appended{});
        },
        milliseconds(50));
    // On a busy machine the thread may come to the first ones too late to begin them.
    do {
      const auto late = scribe.store({});
      REQUIRE_FALSE(late);
      CHECK(late.error().kind == Failure::Kind::deadline);
      CHECK_THAT(late.error().message, ContainsSubstring("not known whether the record is stored"));
      std::this_thread::sleep_for(milliseconds(60));
    } while (!scribe.stuck());
    // Nobody has to wait behind it.
    const auto second = scribe.store({});
    REQUIRE_FALSE(second);
    CHECK(second.error().kind == Failure::Kind::unknown);
    CHECK_THAT(second.error().message, ContainsSubstring("is not stored"));
    release->set_value();
  }
  // Whoever was told that it is not stored must not find it stored later.
  CHECK(*began == 1);
}
