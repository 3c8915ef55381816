#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/http/metrics.hpp"
#include "common/http/server_metrics.hpp"
#include "tests/catch.hpp"

using namespace stagegate::http;

TEST_CASE("a page of metrics is what Prometheus reads") {
  Metrics metrics;
  const Counter requests =
      metrics.counter("requests_total", "Requests answered.", {"route", "status"});
  const Gauge open = metrics.gauge("open", "Open now.");
  requests.add({"/b", "200"});
  requests.add({"/a", "200"}, 2);
  requests.add({"/b", "200"});
  open.set(1.5);
  CHECK(metrics.text() ==
        "# HELP requests_total Requests answered.\n"
        "# TYPE requests_total counter\n"
        "requests_total{route=\"/a\",status=\"200\"} 2\n"
        "requests_total{route=\"/b\",status=\"200\"} 2\n"
        "# HELP open Open now.\n"
        "# TYPE open gauge\n"
        "open 1.5\n");
}

TEST_CASE("the buckets of a histogram add up, and a value on a bound belongs below it") {
  Metrics metrics;
  const Histogram seconds = metrics.histogram("seconds", "Time.", {0.25, 1}, {"route"});
  for (const double value : {0.125, 0.25, 0.5, 2.0}) seconds.observe(value, {"/a"});
  CHECK(metrics.text() ==
        "# HELP seconds Time.\n"
        "# TYPE seconds histogram\n"
        "seconds_bucket{route=\"/a\",le=\"0.25\"} 2\n"
        "seconds_bucket{route=\"/a\",le=\"1\"} 3\n"
        "seconds_bucket{route=\"/a\",le=\"+Inf\"} 4\n"
        "seconds_sum{route=\"/a\"} 2.875\n"
        "seconds_count{route=\"/a\"} 4\n");
}

TEST_CASE("what has no labels shows its zero before anything happens") {
  Metrics metrics;
  metrics.counter("a_total", "A.");
  metrics.histogram("b", "B.", {1});
  const std::string page = metrics.text();
  CHECK_THAT(page, ContainsSubstring("\na_total 0\n"));
  CHECK_THAT(page, ContainsSubstring(
                       "\nb_bucket{le=\"1\"} 0\nb_bucket{le=\"+Inf\"} 0\nb_sum 0\nb_count 0\n"));
}

TEST_CASE("quotes, backslashes and line ends cannot break out of a label or a help text") {
  Metrics metrics;
  metrics.counter("a_total", "one\\two\n\"three\"", {"l"}).add({"x\"} 1\n\\"});
  CHECK(metrics.text() ==
        "# HELP a_total one\\\\two\\n\"three\"\n"
        "# TYPE a_total counter\n"
        "a_total{l=\"x\\\"} 1\\n\\\\\"} 1\n");
}

TEST_CASE("numbers that are none are written as Prometheus writes them") {
  Metrics metrics;
  const Gauge gauge = metrics.gauge("g", "G.", {"l"});
  gauge.set(std::numeric_limits<double>::infinity(), {"a"});
  gauge.set(-std::numeric_limits<double>::infinity(), {"b"});
  gauge.set(std::numeric_limits<double>::quiet_NaN(), {"c"});
  gauge.set(1795478400, {"d"});
  const std::string page = metrics.text();
  CHECK_THAT(page, ContainsSubstring("{l=\"a\"} +Inf\n"));
  CHECK_THAT(page, ContainsSubstring("{l=\"b\"} -Inf\n"));
  CHECK_THAT(page, ContainsSubstring("{l=\"c\"} NaN\n"));
  CHECK_THAT(page, ContainsSubstring("{l=\"d\"} 1795478400\n"));
}

TEST_CASE("names that Prometheus would not take are mistakes in the program") {
  Metrics metrics;
  CHECK_THROWS_AS(metrics.counter("", "x"), std::logic_error);
  CHECK_THROWS_AS(metrics.counter("1a", "x"), std::logic_error);
  CHECK_THROWS_AS(metrics.counter("a-b", "x"), std::logic_error);
  CHECK_THROWS_AS(metrics.counter("a", "x", {"b:c"}), std::logic_error);
  CHECK_THROWS_AS(metrics.histogram("a", "x", {1}, {"le"}), std::logic_error);
  CHECK_THROWS_AS(metrics.histogram("a", "x", {2, 1}), std::logic_error);
  const Counter a = metrics.counter("a", "x", {"l"});
  CHECK_THROWS_AS(metrics.gauge("a", "x"), std::logic_error);
  CHECK_THROWS_AS(a.add(), std::logic_error);
  CHECK_THROWS_AS(a.add({"1", "2"}), std::logic_error);
}

TEST_CASE("counts from many threads are all there") {
  Metrics metrics;
  const Counter counter = metrics.counter("c_total", "C.", {"l"});
  const Histogram histogram = metrics.histogram("h", "H.", {1});
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        counter.add({i % 2 == 0 ? "even" : "odd"});
        histogram.observe(0.5);
        if (i % 100 == 0) (void)metrics.text();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK_THAT(metrics.text(), ContainsSubstring("c_total{l=\"even\"} 2000\n"));
  CHECK_THAT(metrics.text(), ContainsSubstring("h_count 4000\n"));
}

TEST_CASE(
    "what the server does is counted by route and status, and a client cannot invent series") {
  Metrics metrics;
  ServerMetrics server(metrics);
  server.open_connections(3);
  server.happened(ServerEvent::timed_out);
  server.answered({"GET", "/v1/status", 200, std::chrono::microseconds(700)});
  server.answered({"BREW", "", 405, std::chrono::microseconds(1)});
  server.answered({"BREW2", "", 405, std::chrono::microseconds(1)});
  const std::string page = metrics.text();
  CHECK_THAT(page, ContainsSubstring("stagegate_http_connections 3\n"));
  CHECK_THAT(page, ContainsSubstring("{event=\"timed_out\"} 1\n"));
  CHECK_THAT(page, ContainsSubstring("{event=\"refused\"} 0\n"));
  CHECK_THAT(page, ContainsSubstring("{route=\"/v1/status\",method=\"GET\",status=\"200\"} 1\n"));
  CHECK_THAT(page, ContainsSubstring("{route=\"\",method=\"other\",status=\"405\"} 2\n"));
  CHECK_THAT(page,
             ContainsSubstring("duration_seconds_bucket{route=\"/v1/status\",le=\"0.0005\"} 0\n"));
  CHECK_THAT(page,
             ContainsSubstring("duration_seconds_bucket{route=\"/v1/status\",le=\"0.001\"} 1\n"));
}
