#include "plugins/audit-writer/doctor/mount.hpp"

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

bool is_nfs(const fs::Mount& mount) {
  return mount.type == "nfs" || mount.type == "nfs4";
}

void judge_nfs(const fs::Mount& mount, std::vector<Check>& checks) {
  const std::string version = mount.option("vers").value_or("");
  const auto add = [&](Weight weight, std::string words) {
    checks.push_back({weight, "nfs", std::move(words)});
  };
  if (version.starts_with("3")) {
    add(Weight::warning,
        "vers=3: a lock of a machine that died stays for ever; mount with nfsvers=4.1");
  } else {
    add(Weight::good, cat("vers=", version.empty() ? "?" : version));
  }
  const std::string local = mount.option("local_lock").value_or("");
  if (mount.option("nolock") || (!local.empty() && local != "none")) {
    add(Weight::warning,
        cat(mount.option("nolock") ? std::string("nolock") : cat("local_lock=", local),
            ": locks do not reach other machines. The log is safe without them, writers only "
            "have to try more often"));
  }
  if (mount.option("soft") || mount.option("softerr")) {
    add(Weight::warning,
        "soft: an answer that comes late is an error, and a record is reported as not stored that "
        "is; mount with hard");
  }
  if (mount.option("lookupcache").value_or("") != "positive" &&
      mount.option("lookupcache").value_or("") != "pos") {
    add(Weight::warning,
        "lookupcache is not positive: names that are not there yet are remembered; this program "
        "refreshes them, other readers see new files up to 30 s late");
  }
  add(Weight::warning,
      "the export itself cannot be seen from here: it must be `sync`. On a Synology, \"Enable "
      "asynchronous\" has to be unticked; with it, a power cut takes records that were "
      "acknowledged");
}

}  // namespace

std::vector<Check> judge_mount(const fs::Mount& mount) {
  std::vector<Check> checks;
  const std::string where = cat(mount.type, " from ", mount.source, " on ", mount.point);
  if (mount.option("ro")) {
    checks.push_back({Weight::bad, "mount", cat(where, ": read-only, nothing can be stored")});
  } else if (mount.type == "tmpfs" || mount.type == "ramfs") {
    checks.push_back({Weight::bad, "mount", cat(where, ": gone with the machine's next start")});
  } else if (mount.type == "overlay") {
    checks.push_back({Weight::bad, "mount",
                      cat(where,
                          ": inside a container's own layer, gone with the container; mount "
                          "a volume")});
  } else if (mount.type.starts_with("cifs") || mount.type.starts_with("smb") ||
             mount.type.starts_with("fuse")) {
    checks.push_back({Weight::warning, "mount",
                      cat(where, ": not tested; it has to keep hard links and fsync honestly")});
  } else {
    checks.push_back({Weight::good, "mount", where});
  }
  if (is_nfs(mount)) judge_nfs(mount, checks);
  return checks;
}

}  // namespace stagegate::audit_writer
