// Who asks to break the glass or to approve, and whether that person may: said by the operator's
// own identity system, never by the request.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/audit/record/actor.hpp"
#include "common/http/request.hpp"
#include "common/kube/api.hpp"
#include "common/result/result.hpp"
#include "common/settings/secret.hpp"
#include "common/time/clock.hpp"

namespace stagegate::market_hours {

enum class Act : std::uint8_t { break_glass, approve };
std::string_view verb_of(Act act);  // "break-glass", "approve"

struct Request {
  const http::ServerRequest& http;
  std::string_view token;  // the bearer token that came with it, empty: none
  Act act;
  std::string project;
  std::string stage;
};

class Identity {
 public:
  virtual ~Identity() = default;
  // Failures: usage, when the request does not say who asks, or says it wrongly (401); refused,
  // when that person may not (403); unknown, when it cannot be found out now (503).
  virtual Result<audit::Actor> identify(const Request& request) = 0;
  // A token that the caller brings, or false: a proxy in front knows who it is.
  virtual bool takes_token() const = 0;
};

// Which groups may do what. "*" is everybody whom the identity system knows.
struct Permitted {
  std::vector<std::string> break_glass;
  std::vector<std::string> approve;
};
// Refused, with what would be needed.
Result<> permit(const Permitted& permitted, Act act, const std::string& name,
                const std::vector<std::string>& groups);

// OpenID Connect: a token signed by one of the keys of a JWKS file.
struct OidcSettings {
  std::string issuer;
  std::string audience;
  std::string jwks_file;  // read for every request: keys rotate
  std::string name_claim = "email";
  std::string groups_claim = "groups";
  Permitted permitted;
};
class OidcIdentity : public Identity {
 public:
  // Fails when the keys cannot be read now: that is found at the start, not in an emergency.
  static Result<std::unique_ptr<Identity>> open(OidcSettings settings, const time::Clock& clock);
  Result<audit::Actor> identify(const Request& request) override;
  bool takes_token() const override { return true; }

 private:
  OidcIdentity(OidcSettings settings, const time::Clock& clock)
      : settings_(std::move(settings)), clock_(clock) {}
  OidcSettings settings_;
  const time::Clock& clock_;
};

// Kubernetes: TokenReview says who it is, SubjectAccessReview whether the verb `break-glass` or
// `approve` on the stage is permitted.
class KubernetesIdentity : public Identity {
 public:
  explicit KubernetesIdentity(kube::Api api) : api_(std::move(api)) {}
  Result<audit::Actor> identify(const Request& request) override;
  bool takes_token() const override { return true; }

 private:
  std::mutex mutex_;  // the client belongs to one thread at a time
  kube::Api api_;
};

// A proxy that has signed the person in and says who it is in a header. Anybody could send that
// header, so it counts only beside a secret that the proxy alone knows.
struct ProxySettings {
  settings::Secret secret;
  std::string user_header = "X-Forwarded-User";
  std::string groups_header = "X-Forwarded-Groups";
  Permitted permitted;
};
inline constexpr std::string_view kProxySecretHeader = "x-stagegate-proxy-secret";
class ProxyIdentity : public Identity {
 public:
  explicit ProxyIdentity(ProxySettings settings) : settings_(std::move(settings)) {}
  Result<audit::Actor> identify(const Request& request) override;
  bool takes_token() const override { return false; }

 private:
  ProxySettings settings_;
};

}  // namespace stagegate::market_hours
