// What the log's directory is mounted from, and whether a log can live there.
#pragma once

#include <string>
#include <vector>

#include "common/fs/mount.hpp"

namespace stagegate::audit_writer {

enum class Weight { good, warning, bad };
struct Check {
  Weight weight;
  std::string what;   // "mount"
  std::string words;  // what was found, and what to do
};

// What a mount of this kind and with these options means for a log.
std::vector<Check> judge_mount(const fs::Mount& mount);

}  // namespace stagegate::audit_writer
