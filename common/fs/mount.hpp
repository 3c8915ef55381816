// Which file system a path is on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/fs/file.hpp"

namespace stagegate::fs {

struct Mount {
  std::string point;    // "/data"
  std::string type;     // "nfs4"
  std::string source;   // "nas:/volume1/audit"
  std::string options;  // of the mount and of the file system: "rw,noatime,vers=4.1,hard"

  // The value of an option ("" for one without), or empty when it is not there.
  std::optional<std::string> option(std::string_view name) const;
};

// proc(5): /proc/self/mountinfo.
std::vector<Mount> parse_mounts(std::string_view mountinfo);
// Of the mounts, the one that an absolute path without symbolic links is on.
const Mount* mount_holding(const std::vector<Mount>& mounts, std::string_view path);

std::optional<Mount> mount_of(const Path& path);

}  // namespace stagegate::fs
