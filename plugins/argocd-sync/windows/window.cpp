#include "plugins/argocd-sync/windows/window.hpp"

#include <algorithm>
#include <utility>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/windows/glob.hpp"

namespace stagegate::argocd {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kMostWindows = 500;
constexpr std::size_t kMostPatterns = 500;
constexpr std::size_t kLongest = 1024;

// Takes one window apart. What is not of the type that it has to be could mean anything: the first
// such member is kept as a fault.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}

  std::string text(std::string_view name) {
    const Json* member = find(name);
    if (member == nullptr) return "";
    if (member->string() == nullptr || member->string()->size() > kLongest) {
      return blame(name, cat("no text of at most ", kLongest, " bytes")), "";
    }
    return *member->string();
  }
  bool flag(std::string_view name) {
    const Json* member = find(name);
    if (member == nullptr) return false;
    if (member->boolean() == nullptr) return blame(name, "neither true nor false"), false;
    return *member->boolean();
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> texts;
    const Json* member = find(name);
    if (member == nullptr) return texts;
    const auto* array = member->array();
    if (array == nullptr || array->size() > kMostPatterns) {
      return blame(name, cat("no list of at most ", kMostPatterns)), texts;
    }
    for (const Json& one : *array) {
      const bool fits = one.string() != nullptr && one.string()->size() <= kLongest;
      if (!fits) return blame(name, cat("no list of texts of at most ", kLongest, " bytes")), texts;
      texts.push_back(*one.string());
    }
    return texts;
  }
  void need_object() {
    if (json_.object() == nullptr) fault_ = "it is no object";
  }
  const std::string& fault() const { return fault_; }

 private:
  const Json* find(std::string_view name) const {
    const Json* member = json_.find(name);
    return member == nullptr || member->is_null() ? nullptr : member;
  }
  void blame(std::string_view name, std::string_view what) {
    if (fault_.empty()) fault_ = cat("its ", name, " is ", what);
  }

  const Json& json_;
  std::string fault_;
};

Window::Kind kind_of(std::string_view word) {
  if (word == "allow") return Window::Kind::allow;
  return word == "deny" ? Window::Kind::deny : Window::Kind::other;
}

Result<Window> read_window(const Json& json) {
  Reader reader(json);
  reader.need_object();
  Window window;
  window.kind = kind_of(reader.text("kind"));
  window.schedule = reader.text("schedule");
  window.duration = reader.text("duration");
  window.time_zone = reader.text("timeZone");
  window.manual_sync = reader.flag("manualSync");
  window.sync_overrun = reader.flag("syncOverrun");
  window.and_operator = reader.flag("andOperator");
  window.applications = reader.texts("applications");
  window.namespaces = reader.texts("namespaces");
  window.clusters = reader.texts("clusters");
  window.description = reader.text("description");
  if (!reader.fault().empty()) return unknown(reader.fault());
  return window;
}

Result<std::vector<Window>> read_windows(const Json* list) {
  std::vector<Window> windows;
  if (list == nullptr || list->is_null()) return windows;
  if (list->array() == nullptr || list->array()->size() > kMostWindows) {
    return unknown(cat("the sync windows are no list of at most ", kMostWindows));
  }
  for (const Json& one : *list->array()) {
    auto window = read_window(one);
    if (!window) {
      return unknown(
          cat("sync window ", windows.size() + 1, " cannot be read: ", window.error().message));
    }
    windows.push_back(std::move(*window));
  }
  return windows;
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return glob_matches(pattern, text).value_or(false);
  });
}

bool cluster_matches(const Window& window, const Target& target) {
  return (!target.cluster.empty() && any_matches(window.clusters, target.cluster)) ||
         (!target.server.empty() && any_matches(window.clusters, target.server));
}

Result<> append(std::vector<Window>& windows, const Json& project) {
  const Json* spec = project.find("spec");
  if (spec == nullptr || spec->object() == nullptr) {
    return unknown("no AppProject came: it has no spec");
  }
  auto more = read_windows(spec->find("syncWindows"));
  if (!more) return forward(std::move(more.error()));
  windows.insert(windows.end(), more->begin(), more->end());
  return {};
}

}  // namespace

std::string describe(const Window& window) {
  const std::string_view kind = window.kind == Window::Kind::deny    ? "deny window "
                                : window.kind == Window::Kind::allow ? "allow window "
                                                                     : "window of no known kind ";
  const std::string zone = window.time_zone.empty() ? "UTC" : window.time_zone;
  return cat(kind, text::quoted(window.schedule), " for ", window.duration, " (", zone, ")");
}

bool matches(const Window& window, const Target& target) {
  struct Part {
    bool there;
    bool fits;
  };
  const Part parts[] = {
      {!window.applications.empty(), any_matches(window.applications, target.application)},
      {!window.clusters.empty(), cluster_matches(window, target)},
      {!window.namespaces.empty(), any_matches(window.namespaces, target.name_space)}};
  const auto there = [](const Part& part) { return part.there; };
  const auto fits = [](const Part& part) { return part.fits; };
  if (!window.and_operator) return std::ranges::any_of(parts, fits);
  return std::ranges::any_of(parts, there) &&
         std::ranges::all_of(parts, [](const Part& part) { return !part.there || part.fits; });
}

std::vector<Window> matching(const std::vector<Window>& windows, const Target& target) {
  std::vector<Window> matched;
  std::ranges::copy_if(windows, std::back_inserter(matched),
                       [&](const Window& window) { return matches(window, target); });
  return matched;
}

std::vector<std::string> broken_patterns(const Window& window) {
  std::vector<std::string> broken;
  for (const auto* patterns : {&window.applications, &window.namespaces, &window.clusters}) {
    for (const std::string& pattern : *patterns) {
      const auto matched = glob_matches(pattern, "");
      if (!matched) broken.push_back(matched.error().message);
    }
  }
  return broken;
}

Result<std::vector<Window>> project_windows(const Json& project) {
  std::vector<Window> windows;
  const Json* detailed = project.find("project");
  const auto own = append(windows, detailed == nullptr ? project : *detailed);
  if (!own) return forward(own.error());
  const Json* globals = detailed == nullptr ? nullptr : project.find("globalProjects");
  if (globals == nullptr || globals->is_null()) return windows;
  if (globals->array() == nullptr) return unknown("the global projects are no list");
  for (const Json& global : *globals->array()) {
    const auto more = append(windows, global);
    if (!more) return forward(more.error());
    if (windows.size() > kMostWindows) {
      return unknown(cat("there are more than ", kMostWindows, " sync windows"));
    }
  }
  return windows;
}

}  // namespace stagegate::argocd
