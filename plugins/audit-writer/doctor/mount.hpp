// What the log's directory is mounted from, and whether a log can live there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagegate::audit_writer {

struct Mount {
  std::string point;
  std::string type;                  // "ext4", "nfs4", "overlay"
  std::string source;                // "192.168.42.8:/volume1/Kubernetes/pipelines"
  std::vector<std::string> options;  // of the mount and of its file system
};

// The one that `path` (absolute, without links) lies on, by the text of /proc/self/mountinfo.
std::optional<Mount> find_mount(std::string_view mountinfo, std::string_view path);

enum class Weight { good, warning, bad };
struct Check {
  Weight weight;
  std::string what;   // "mount"
  std::string words;  // what was found, and what to do
};

// What a mount of this kind and with these options means for a log.
std::vector<Check> judge_mount(const Mount& mount);

}  // namespace stagegate::audit_writer
