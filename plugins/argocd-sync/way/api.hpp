// Argo CD's own API: REST over HTTP/1.1 with a bearer token.
#pragma once

#include <memory>
#include <string>

#include "common/http/client.hpp"
#include "common/result/result.hpp"
#include "plugins/argocd-sync/way/way.hpp"

namespace stagegate::argocd {

struct ApiAccess {
  std::string server;  // "https://argocd.example", with the root path if there is one
  std::string token;
  std::string project;
  std::string app_namespace;
  http::ClientOptions client;
};

// Logs in with a password, once: Argo CD locks an account after some wrong ones. The token is
// masked in the log.
Result<std::string> log_in(const ApiAccess& access, const std::string& username,
                           const std::string& password, const time::Clock& clock,
                           milliseconds deadline, int interrupt_fd);

std::unique_ptr<Way> make_api_way(ApiAccess access, time::Clock& clock, int interrupt_fd);

}  // namespace stagegate::argocd
