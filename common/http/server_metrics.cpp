#include "common/http/server_metrics.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stagegate::http {
namespace {

// A client chooses its method; it must not choose how many series there are.
std::string_view known_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> known = {"GET",   "HEAD",   "POST",   "PUT",
                                                     "PATCH", "DELETE", "OPTIONS"};
  return std::find(known.begin(), known.end(), method) == known.end() ? "other" : method;
}

std::string_view name(ServerEvent event) {
  switch (event) {
    case ServerEvent::accepted:
      return "accepted";
    case ServerEvent::timed_out:
      return "timed_out";
    case ServerEvent::displaced:
      return "displaced";
    case ServerEvent::refused:
      return "refused";
    case ServerEvent::starved:
      break;
  }
  return "starved";
}

}  // namespace

ServerMetrics::ServerMetrics(Metrics& metrics)
    : requests_(metrics.counter("stagegate_http_requests_total",
                                "Requests answered; route is empty for those that reached none.",
                                {"route", "method", "status"})),
      seconds_(metrics.histogram("stagegate_http_request_duration_seconds",
                                 "From the whole request to the last byte of its answer.",
                                 {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5},
                                 {"route"})),
      open_(metrics.gauge("stagegate_http_connections", "Connections open now.")),
      connections_(metrics.counter(
          "stagegate_http_connection_events_total",
          "Connections accepted, timed out, displaced by newer ones, refused with 503, and "
          "not accepted for want of a file descriptor.",
          {"event"})) {
  for (const ServerEvent event :
       {ServerEvent::accepted, ServerEvent::timed_out, ServerEvent::displaced, ServerEvent::refused,
        ServerEvent::starved}) {
    connections_.add({name(event)}, 0);  // a rate needs the zero it starts from
  }
}

void ServerMetrics::open_connections(std::size_t now) {
  open_.set(static_cast<double>(now));
}

void ServerMetrics::happened(ServerEvent event) {
  connections_.add({name(event)});
}

void ServerMetrics::answered(const Exchange& exchange) {
  requests_.add({exchange.route, known_method(exchange.method), std::to_string(exchange.status)});
  seconds_.observe(std::chrono::duration<double>(exchange.took).count(), {exchange.route});
}

}  // namespace stagegate::http
