// The registries that a set of images is in, and as whom they are asked: settings, Docker
// configurations, one session for each registry and login.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/client.hpp"
#include "common/oci/registry.hpp"
#include "common/settings/secret.hpp"
#include "common/settings/table.hpp"
#include "common/time/clock.hpp"

namespace stagegate::imageset {

struct RegistrySettings {
  std::string registry;
  std::string username;
  settings::Secret password;
  settings::Secret token;
  std::string docker_config;            // a path
  settings::Secret docker_auth_config;  // what would be in that file
  std::string token_realm;
  bool plain_http = false;
  std::string ca_file;
  bool insecure = false;
  std::string proxy;
  std::chrono::milliseconds request_timeout{10'000};
  std::int64_t concurrency = 8;
};

// `verbs`: those that ask registries; none: all.
void declare_registry_settings(settings::Table& table, RegistrySettings& target,
                               const std::vector<std::string>& verbs);

class Registries {
 public:
  // Fails (usage) for settings that contradict each other, a registry that is none, and a Docker
  // configuration that cannot be used.
  static Result<Registries> open(
      const RegistrySettings& settings, time::Clock& clock, int interrupt_fd,
      const http::Environment& environment = http::process_environment());
  Registries(Registries&&) noexcept;
  Registries& operator=(Registries&&) noexcept;
  ~Registries();

  // The registry of the repository, with the login that is meant for it. Says what will be done
  // there, so that one token does for all.
  Result<oci::Registry*> of(const oci::Repository& repository, bool push = false);
  // On the clock's uptime, for everything asked from now on.
  void set_deadline(std::optional<std::chrono::milliseconds> deadline);
  // Asked so far, without those for tokens; and those.
  std::uint64_t requests() const;
  std::uint64_t token_requests() const;
  http::Client& client();

 private:
  class Core;
  explicit Registries(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace stagegate::imageset
