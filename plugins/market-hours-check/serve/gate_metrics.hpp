// The gate as numbers for Prometheus.
#pragma once

#include <string_view>

#include "common/http/metrics.hpp"
#include "plugins/market-hours-check/serve/memory.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {

class GateMetrics {
 public:
  explicit GateMetrics(http::Metrics& metrics);

  // Sets what each stage is at this instant: called for every page of metrics, not by a timer.
  void look(const Stages& stages, time::Instant now, std::size_t remembered) const;
  void count(std::string_view stage, std::string_view decision, bool repeated) const;

 private:
  void look(const Stage& stage, time::Instant now) const;

  http::Gauge judged_;
  http::Gauge allowed_;
  http::Gauge open_;
  http::Gauge until_change_;
  http::Gauge official_;
  http::Gauge horizon_;
  http::Gauge remembered_;
  http::Counter decisions_;
  http::Counter repeats_;
};

}  // namespace stagegate::market_hours
