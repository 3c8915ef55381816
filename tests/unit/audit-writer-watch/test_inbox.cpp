#include <thread>

#include <poll.h>

#include "plugins/audit-writer/watch/inbox.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit_writer {
namespace {

bool rings(const Inbox& inbox) {
  pollfd fd{inbox.fd(), POLLIN, 0};
  return ::poll(&fd, 1, 0) == 1;
}

TEST_CASE("an inbox rings while something is in it") {
  Inbox inbox;
  CHECK_FALSE(rings(inbox));
  CHECK(inbox.put({}));
  CHECK(inbox.put({}));
  CHECK(rings(inbox));
  CHECK(inbox.take().size() == 2);
  CHECK_FALSE(rings(inbox));
  inbox.fail({Failure::Kind::unknown, "first"});
  inbox.fail({Failure::Kind::unknown, "second"});
  CHECK(rings(inbox));
  CHECK(inbox.failure()->message == "first");
}

TEST_CASE("a full inbox holds whoever puts something in, and a closed one lets go") {
  Inbox inbox;
  int put = 0;
  std::thread connection([&] {
    while (inbox.put({})) ++put;
  });
  std::size_t taken = 0;
  while (taken < 1000) {
    const std::size_t some = inbox.take().size();
    CHECK(some <= 256);
    taken += some;
  }
  inbox.close();
  connection.join();
  CHECK(put >= 1000);
}

}  // namespace
}  // namespace stagegate::audit_writer
