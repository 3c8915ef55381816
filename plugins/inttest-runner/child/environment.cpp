#include "plugins/inttest-runner/child/environment.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

constexpr std::array<std::string_view, 12> kSecretWords = {
    "TOKEN",   "PASSWORD", "PASSWD",     "PASSPHRASE",  "SECRET",      "CREDENTIAL",
    "API_KEY", "APIKEY",   "ACCESS_KEY", "AUTH_CONFIG", "PRIVATE_KEY", "NETRC"};
// The path of a secret is none: what may be read there is up to the file system.
constexpr std::array<std::string_view, 3> kPlaces = {"_FILE", "_PATH", "_DIR"};

bool is_ours(std::string_view name) {
  return name.starts_with("PLUGIN_") || name.starts_with("CI_NETRC_");
}

bool looks_secret(std::string_view name) {
  const std::string upper = text::upper(name);
  const auto ends = [&](std::string_view place) { return upper.ends_with(place); };
  const auto within = [&](std::string_view word) { return upper.find(word) != std::string::npos; };
  return std::ranges::none_of(kPlaces, ends) && std::ranges::any_of(kSecretWords, within);
}

}  // namespace

ChildEnvironment child_environment(const settings::Environment& ours, const Passage& passage,
                                   const std::function<bool(std::string_view value)>& has_secret) {
  ChildEnvironment child;
  for (const auto& [name, value] : ours) {
    if (is_ours(name)) continue;
    const bool named = std::ranges::find(passage.names, name) != passage.names.end();
    if (named || !(looks_secret(name) || has_secret(value))) {
      child.variables.emplace(name, value);
    } else {
      child.withheld.push_back(name);
    }
  }
  for (const auto& [name, value] : passage.more) child.variables.insert_or_assign(name, value);
  return child;
}

}  // namespace stagegate::inttest
