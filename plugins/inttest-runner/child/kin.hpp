// Everything that a command has started and that is still there, also what has left its group.
#pragma once

#include <string_view>
#include <vector>

#include <sys/types.h>

namespace stagegate::inttest {

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
};

// Of /proc/PID/stat: "42 (a name) with) S 17 ...". pid 0: it is something else.
Process parse_stat(std::string_view stat);
// All that descend from `root`, in no order. Pure.
std::vector<pid_t> descendants(const std::vector<Process>& all, pid_t root);

// From now on the children of dead children become ours, and not those of process 1.
void adopt_orphans();
// The living descendants of this process; none where /proc is not mounted.
std::vector<pid_t> kin();

}  // namespace stagegate::inttest
