#include <algorithm>

#include "plugins/audit-writer/doctor/mount.hpp"
#include "tests/catch.hpp"

using namespace stagegate::audit_writer;

namespace {

constexpr std::string_view kMounts =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "40 22 0:50 / /audit rw,noatime shared:9 - nfs4 nas:/volume1/k rw,vers=4.1,hard,"
    "lookupcache=positive,local_lock=none\n"
    "41 22 0:51 / /audit\\040two ro,relatime - nfs nas:/old rw,vers=3,soft,nolock,local_lock=all\n"
    "42 22 0:52 / /audit rw - tmpfs tmpfs rw\n";

bool says(const std::vector<Check>& checks, Weight weight, std::string_view words) {
  return std::any_of(checks.begin(), checks.end(), [&](const Check& check) {
    return check.weight == weight && check.words.find(words) != std::string::npos;
  });
}

Mount mount(std::string type, std::vector<std::string> options) {
  return {.point = "/audit",
          .type = std::move(type),
          .source = "nas:/k",
          .options = std::move(options)};
}

}  // namespace

TEST_CASE("a path lies on the longest mount above it, and on the last of those on one point") {
  CHECK(find_mount(kMounts, "/srv/log")->source == "/dev/sda1");
  CHECK(find_mount(kMounts, "/audit/stonks")->type == "tmpfs");
  CHECK(find_mount(kMounts, "/audit")->type == "tmpfs");
  CHECK(find_mount(kMounts, "/auditor")->type == "ext4");
  CHECK(find_mount(kMounts, "/audit two/x")->source == "nas:/old");
  CHECK_FALSE(find_mount("", "/audit"));
  CHECK_FALSE(find_mount("nonsense\n1 2 3\n", "/audit"));
}

TEST_CASE("a good NFS mount has nothing against it but what cannot be seen") {
  const auto checks = judge_mount(
      mount("nfs4", {"rw", "vers=4.1", "hard", "lookupcache=positive", "local_lock=none"}));
  CHECK(says(checks, Weight::good, "nas:/k"));
  CHECK(says(checks, Weight::good, "vers=4.1"));
  CHECK(says(checks, Weight::warning, "must be `sync`"));
  CHECK(std::count_if(checks.begin(), checks.end(),
                      [](const Check& check) { return check.weight == Weight::warning; }) == 1);
}

TEST_CASE("each option of NFS that weakens the log is named with what to do") {
  const auto checks = judge_mount(*find_mount(kMounts, "/audit two"));
  CHECK(says(checks, Weight::bad, "read-only"));
  CHECK(says(checks, Weight::warning, "nfsvers=4.1"));
  CHECK(says(checks, Weight::warning, "nolock"));
  CHECK(says(checks, Weight::warning, "soft"));
  CHECK(says(checks, Weight::warning, "lookupcache"));
  CHECK(says(judge_mount(mount("nfs", {"rw", "vers=3", "local_lock=all"})), Weight::warning,
             "local_lock=all"));
}

TEST_CASE("file systems that forget are no place for a log") {
  CHECK(says(judge_mount(mount("tmpfs", {"rw"})), Weight::bad, "next start"));
  CHECK(says(judge_mount(mount("overlay", {"rw"})), Weight::bad, "volume"));
  CHECK(says(judge_mount(mount("cifs", {"rw"})), Weight::warning, "not tested"));
  CHECK(says(judge_mount(mount("ext4", {"rw"})), Weight::good, "ext4"));
}
