// What a server does, as metrics.
#pragma once

#include "common/http/metrics.hpp"
#include "common/http/server.hpp"

namespace stagegate::http {

class ServerMetrics : public ServerObserver {
 public:
  explicit ServerMetrics(Metrics& metrics);
  void open_connections(std::size_t now) override;
  void happened(ServerEvent event) override;
  void answered(const Exchange& exchange) override;

 private:
  Counter requests_;
  Histogram seconds_;
  Gauge open_;
  Counter connections_;
};

}  // namespace stagegate::http
