// What the log answers over HTTP, without the sockets: from a request to a response.
#pragma once

#include <functional>
#include <string>

#include "common/audit/settings.hpp"
#include "common/http/metrics.hpp"
#include "common/http/request.hpp"
#include "common/http/router.hpp"
#include "plugins/audit-writer/serve/follower.hpp"
#include "plugins/audit-writer/serve/gate.hpp"
#include "plugins/audit-writer/serve/inspector.hpp"
#include "plugins/audit-writer/serve/metrics.hpp"
#include "plugins/audit-writer/serve/scribe.hpp"
#include "plugins/audit-writer/serve/serve.hpp"

namespace stagegate::audit_writer {

// What the service works with; all of it must outlive the service.
struct Desk {
  const ServeOptions& options;
  audit::Layout layout;
  audit::Trusted trusted;
  Follower& follower;
  const Inspector& inspector;
  Scribe* scribe = nullptr;         // null: nothing is stored
  const GateWatch* gate = nullptr;  // null: no gate is asked
  std::function<audit::Stamp()> now;
};

// Must outlive the routers it makes. Threads may share it.
class AuditService {
 public:
  AuditService(Desk desk, http::Metrics& metrics);
  http::Router router();

 private:
  using Request = http::ServerRequest;
  using Response = http::ServerResponse;

  Response store(const Request& request);
  Response stored(const audit::Appended& appended);
  Response not_stored(const audit::Draft& draft, const Failure& failure);
  Response records(const Request& request) const;
  Response record(const Request& request) const;
  Response stages() const;
  Response checkpoint() const;
  Response proof(const Request& request) const;
  Response ready() const;
  Response metrics_page() const;
  Response page(const Request& request) const;

  GateWord gate_of(const std::string& stage) const;
  bool holds_another(const audit::Draft& draft) const;

  Desk desk_;
  http::Metrics& metrics_;
  AuditMetrics audit_metrics_;
};

}  // namespace stagegate::audit_writer
