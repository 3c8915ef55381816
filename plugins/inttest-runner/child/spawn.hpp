// Starts a command in a process group of its own, with nothing of ours but what it is given.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "common/fs/descriptor.hpp"
#include "common/result/result.hpp"
#include "common/settings/environment.hpp"

namespace stagegate::inttest {

struct Command {
  std::vector<std::string> words;  // the first is a path, or looked for in PATH
  settings::Environment environment;
};

struct Spawned {
  pid_t pid;              // and the number of its process group
  fs::Descriptor output;  // what it writes to stdout and stderr, in the order in which it does
};

// Fails with usage when there is no such program.
Result<Spawned> spawn(const Command& command);

}  // namespace stagegate::inttest
