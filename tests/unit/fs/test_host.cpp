#include <sys/utsname.h>

#include "common/fs/host.hpp"
#include "tests/catch.hpp"

TEST_CASE("the machine is called what the kernel calls it") {
  utsname names{};
  REQUIRE(::uname(&names) == 0);
  CHECK(stagegate::fs::host_name() == names.nodename);
}
