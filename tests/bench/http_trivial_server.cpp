// The server of common/http with handlers that do nothing: what the server itself costs. Prints its
// port; ends on SIGTERM. `http_trivial_server [THREADS]`
#include <csignal>
#include <cstdlib>
#include <iostream>

#include <sys/signalfd.h>

#include "common/http/router.hpp"
#include "common/http/server.hpp"
#include "common/http/server_metrics.hpp"

using namespace stagegate;

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  http::Metrics metrics;
  http::ServerMetrics counted(metrics);
  http::Router router;
  router.add("GET", "/v1/status", [](const http::ServerRequest&) {
    http::ServerResponse response;
    response.body = R"({"state":"open","message":"US market open until 16:00 ET","links":[]})";
    return response;
  });
  router.add("GET", "/metrics", [&](const http::ServerRequest&) {
    http::ServerResponse response;
    response.content_type = http::Metrics::content_type;
    response.body = metrics.text();
    return response;
  });
  http::ServerOptions options;
  options.threads = argc > 1 ? std::atoi(argv[1]) : 1;
  options.observer = &counted;
  auto server = http::Server::listen("127.0.0.1:0", router, options);
  if (!server) {
    std::cerr << server.error().message << '\n';
    return 3;
  }
  std::cout << server->port() << std::endl;
  return server->run(signalfd(-1, &signals, SFD_CLOEXEC), std::chrono::seconds(10)) ? 0 : 5;
}
