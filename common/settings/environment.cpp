#include "common/settings/environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/text/text.hpp"

namespace stagegate::settings {

namespace {

constexpr std::string_view kPrefix = "PLUGIN_";

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

// "..._PORT_8080_TCP" and what may follow.
bool is_port_link(std::string_view name) {
  for (const std::string_view part : {"_PROTO", "_PORT", "_ADDR"}) {
    if (take_suffix(name, part)) break;
  }
  if (!take_suffix(name, "_TCP") && !take_suffix(name, "_UDP") && !take_suffix(name, "_SCTP")) {
    return false;
  }
  const std::size_t digits = name.find_last_not_of("0123456789");
  return digits != std::string_view::npos && digits + 1 < name.size() &&
         name.substr(0, digits + 1).ends_with("_PORT_");
}

// "..._PORT" alone could be a mistyped setting. Kubernetes sets it to "tcp://10.0.0.1:80", beside
// the service's host.
bool is_plain_port_link(const std::string& name, const Environment& environment) {
  std::string_view service = name;
  if (!take_suffix(service, "_PORT")) return false;
  const std::string_view value = environment.at(name);
  return environment.contains(text::cat(service, "_SERVICE_HOST")) || value.starts_with("tcp://") ||
         value.starts_with("udp://") || value.starts_with("sctp://");
}

// Whether Kubernetes makes such a variable for some service.
bool is_service_link(const std::string& name, const Environment& environment) {
  const std::string_view view = name;
  return view.ends_with("_SERVICE_HOST") || view.ends_with("_SERVICE_PORT") ||
         view.find("_SERVICE_PORT_") != std::string_view::npos || is_port_link(view) ||
         is_plain_port_link(name, environment);
}

bool is_known(const Table& table, const std::string& name) {
  return std::any_of(table.settings().begin(), table.settings().end(), [&](const Setting& setting) {
    const std::string variable = setting.variable();
    return name == variable || (name == variable + "_FILE" && table.readable_from_file(setting));
  });
}

}  // namespace

std::vector<std::string> unknown_variables(const Table& table, const Environment& environment) {
  // The prefix is left out of the comparison: shared letters would make strangers look alike.
  std::vector<std::string> stems;
  stems.reserve(table.settings().size());
  for (const Setting& setting : table.settings()) {
    stems.push_back(setting.variable().substr(kPrefix.size()));
  }
  std::vector<std::string> messages;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix) || is_known(table, name) || is_service_link(name, environment)) {
      continue;
    }
    std::string message = name + ": there is no such setting";
    const std::string_view near = text::nearest(name.substr(kPrefix.size()), stems);
    if (!near.empty()) message += text::cat(": did you mean ", kPrefix, near, "?");
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace stagegate::settings
