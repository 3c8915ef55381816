// The log as a service: pipelines store records, people look at the page.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/audit/settings.hpp"
#include "common/http/client.hpp"
#include "common/result/result.hpp"
#include "common/time/clock.hpp"

namespace stagegate::audit_writer {

struct ServeOptions {
  std::string listen = "127.0.0.1:8081";
  std::vector<std::string> tokens = {};  // that POST /v1/records takes; none: nothing is stored
  std::vector<std::string> stages = {};  // that the page shows first, in this order
  std::string gate_url = {};             // of market-hours-check's serve; empty: no gate is asked
  http::ClientOptions client = {};       // how the gate is reached
  std::chrono::milliseconds gate_every = std::chrono::seconds(10);
  std::chrono::milliseconds refresh = std::chrono::seconds(2);  // how often the log is looked at
  std::chrono::milliseconds verify_every = std::chrono::minutes(10);
  std::chrono::milliseconds verify_full_every = std::chrono::hours(24);
  std::chrono::milliseconds grace = std::chrono::seconds(10);
  int threads = 4;
};

// Serves until `interrupt_fd` becomes readable, then answers the requests under way and returns.
// Fails when there is no log to begin with, and when it has another key.
Result<> serve(const ServeOptions& options, const audit::LogSettings& settings, int interrupt_fd);

}  // namespace stagegate::audit_writer
