// The sync windows of an AppProject: what is written there, not yet what it means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::argocd {

struct Window {
  enum class Kind : std::uint8_t {
    allow,
    deny,
    other,  // Argo CD passes over it
  };
  Kind kind = Kind::other;
  std::string schedule;
  std::string duration;
  std::string time_zone;      // empty: UTC
  bool manual_sync = false;   // a sync that somebody asks for gets through
  bool sync_overrun = false;  // a sync that has begun may end
  bool and_operator = false;  // all of the lists that are there must fit, not just one
  std::vector<std::string> applications;
  std::vector<std::string> namespaces;
  std::vector<std::string> clusters;
  std::string description;

  bool operator==(const Window&) const = default;
};

// `deny window "30 9 * * 1-5" for 6h30m (America/New_York)`
std::string describe(const Window& window);

// What a window's lists are held against.
struct Target {
  std::string application;
  std::string name_space;  // of the destination
  std::string server;      // of the destination: by URL, by name or both
  std::string cluster;
};
bool matches(const Window& window, const Target& target);
std::vector<Window> matching(const std::vector<Window>& windows, const Target& target);
// What is wrong with the window's patterns, in words; each of them matches nothing.
std::vector<std::string> broken_patterns(const Window& window);

// The windows of an AppProject: as it is in the cluster, as GET /api/v1/projects/{p} answers, or as
// its /detailed does, with the global projects whose windows hold for it too. Fails (unknown) for
// what is no AppProject.
Result<std::vector<Window>> project_windows(const text::Json& project);

}  // namespace stagegate::argocd
