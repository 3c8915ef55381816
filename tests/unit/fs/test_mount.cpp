#include "common/fs/mount.hpp"
#include "tests/catch.hpp"

using namespace stagegate;

namespace {

constexpr const char* kMounts =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
    "30 22 0:25 / /data rw,noatime - nfs4 nas:/volume1 rw,vers=4.1,hard,local_lock=none\n"
    "31 30 0:26 /sub /data/with\\040blank ro master:2 propagate_from:3 - tmpfs my\\134disk rw\n"
    "32 22 0:27 / /data2 rw - xfs /dev/vdb rw\n"
    "not a mount\n";

std::string point_of(const std::string& path) {
  const auto mounts = fs::parse_mounts(kMounts);
  const fs::Mount* mount = fs::mount_holding(mounts, path);
  return mount == nullptr ? "" : mount->point;
}

}  // namespace

TEST_CASE("mounts are read with their escapes, and what is no mount is left out") {
  const auto mounts = fs::parse_mounts(kMounts);
  REQUIRE(mounts.size() == 4);
  CHECK(mounts[1].point == "/data");
  CHECK(mounts[1].type == "nfs4");
  CHECK(mounts[1].source == "nas:/volume1");
  CHECK(mounts[2].point == "/data/with blank");
  CHECK(mounts[2].source == "my\\disk");
  CHECK(mounts[2].options == "ro,rw");
}

TEST_CASE("options are found by their whole name") {
  const auto mount = fs::parse_mounts(kMounts)[1];
  CHECK(mount.option("hard") == "");
  CHECK(mount.option("vers") == "4.1");
  CHECK(mount.option("local_lock") == "none");
  CHECK_FALSE(mount.option("ver"));
  CHECK_FALSE(mount.option("soft"));
}

TEST_CASE("a path is on the nearest mount above it, and not on one with a similar name") {
  CHECK(point_of("/data") == "/data");
  CHECK(point_of("/data/log/tail") == "/data");
  CHECK(point_of("/data2/log") == "/data2");
  CHECK(point_of("/data/with blank/x") == "/data/with blank");
  CHECK(point_of("/database") == "/");
}

TEST_CASE("of two mounts on one point the later one counts") {
  const auto mounts = fs::parse_mounts(
      "1 0 0:1 / /data rw - ext4 /dev/a rw\n"
      "2 1 0:2 / /data rw - tmpfs b rw\n");
  CHECK(fs::mount_holding(mounts, "/data/x")->type == "tmpfs");
}

TEST_CASE("where this test runs is on some file system") {
  const auto mount = fs::mount_of(std::filesystem::temp_directory_path() / "not/there/yet");
  REQUIRE(mount);
  CHECK_FALSE(mount->type.empty());
  CHECK(fs::mount_of("/proc/self/status")->type == "proc");
}
