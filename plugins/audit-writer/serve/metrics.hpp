// The log as numbers for Prometheus.
#pragma once

#include <string_view>

#include "common/http/metrics.hpp"
#include "plugins/audit-writer/serve/follower.hpp"
#include "plugins/audit-writer/serve/gate.hpp"
#include "plugins/audit-writer/serve/inspector.hpp"

namespace stagegate::audit_writer {

class AuditMetrics {
 public:
  explicit AuditMetrics(http::Metrics& metrics);

  // Sets what is so at this moment: called for every page of metrics.
  void look(const Look& look, const Inspections& inspections, audit::Stamp now) const;
  void gate(std::string_view stage, const GateWord& word) const;
  // "stored", "duplicate", "conflict", "refused", "failed"
  void count(std::string_view result) const;

 private:
  http::Gauge records_;
  http::Gauge by_event_;
  http::Gauge redacted_;
  http::Gauge newest_;
  http::Gauge readable_;
  http::Gauge since_;
  http::Gauge enabled_;
  http::Gauge gate_allows_;
  http::Gauge open_reviews_;
  http::Gauge open_grants_;
  http::Gauge faultless_;
  http::Gauge verified_at_;
  http::Counter submissions_;
};

}  // namespace stagegate::audit_writer
