#include <algorithm>

#include "plugins/audit-writer/doctor/mount.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

bool says(const std::vector<Check>& checks, Weight weight, std::string_view words) {
  return std::any_of(checks.begin(), checks.end(), [&](const Check& check) {
    return check.weight == weight && check.words.find(words) != std::string::npos;
  });
}

fs::Mount mount(std::string type, std::string options) {
  return {.point = "/audit",
          .type = std::move(type),
          .source = "nas:/k",
          .options = std::move(options)};
}

}  // namespace

TEST_CASE("a good NFS mount has nothing against it but what cannot be seen") {
  const auto checks =
      judge_mount(mount("nfs4", "rw,vers=4.1,hard,lookupcache=positive,local_lock=none"));
  CHECK(says(checks, Weight::good, "nas:/k"));
  CHECK(says(checks, Weight::good, "vers=4.1"));
  CHECK(says(checks, Weight::warning, "must be `sync`"));
  CHECK(std::count_if(checks.begin(), checks.end(),
                      [](const Check& check) { return check.weight == Weight::warning; }) == 1);
}

TEST_CASE("each option of NFS that weakens the log is named with what to do") {
  const auto checks = judge_mount(mount("nfs", "ro,relatime,rw,vers=3,soft,nolock,local_lock=all"));
  CHECK(says(checks, Weight::bad, "read-only"));
  CHECK(says(checks, Weight::warning, "nfsvers=4.1"));
  CHECK(says(checks, Weight::warning, "nolock"));
  CHECK(says(checks, Weight::warning, "soft"));
  CHECK(says(checks, Weight::warning, "lookupcache"));
  CHECK(says(judge_mount(mount("nfs", "rw,vers=3,local_lock=all")), Weight::warning,
             "local_lock=all"));
}

TEST_CASE("file systems that forget are no place for a log") {
  CHECK(says(judge_mount(mount("tmpfs", "rw")), Weight::bad, "next start"));
  CHECK(says(judge_mount(mount("overlay", "rw")), Weight::bad, "volume"));
  CHECK(says(judge_mount(mount("cifs", "rw")), Weight::warning, "not tested"));
  CHECK(says(judge_mount(mount("ext4", "rw")), Weight::good, "ext4"));
}
