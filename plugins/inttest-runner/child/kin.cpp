#include "plugins/inttest-runner/child/kin.hpp"

#include <algorithm>
#include <cstdlib>

#include <sys/prctl.h>
#include <unistd.h>

#include "common/fs/directory.hpp"
#include "common/text/text.hpp"

namespace stagegate::inttest {

Process parse_stat(std::string_view stat) {
  // The name is whatever the process calls itself, parentheses and blanks included.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return {};
  const auto pid = text::parse_int(stat.substr(0, stat.find(' ')));
  const auto fields = text::split(text::trim(stat.substr(name_end + 1)), ' ');
  if (!pid || fields.size() < 2 || fields[0] == "Z") return {};
  const auto parent = text::parse_int(fields[1]);
  if (!parent) return {};
  return {static_cast<pid_t>(*pid), static_cast<pid_t>(*parent)};
}

std::vector<pid_t> descendants(const std::vector<Process>& all, pid_t root) {
  std::vector<pid_t> found = {root};
  for (std::size_t next = 0; next < found.size(); ++next) {
    for (const Process& process : all) {
      const bool known = std::ranges::find(found, process.pid) != found.end();
      if (process.parent == found[next] && !known) found.push_back(process.pid);
    }
  }
  found.erase(found.begin());
  return found;
}

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

std::vector<pid_t> kin() {
  std::vector<Process> all;
  const auto names = fs::list_directory("/proc");
  if (!names) return {};
  for (const std::string& name : *names) {
    if (!text::parse_count(name)) continue;
    const auto stat = fs::read_if_there(fs::Path("/proc") / name / "stat", 4096);
    if (!stat || !*stat) continue;
    const Process process = parse_stat(**stat);
    if (process.pid != 0) all.push_back(process);
  }
  return descendants(all, ::getpid());
}

}  // namespace stagegate::inttest
