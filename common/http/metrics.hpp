// Numbers for Prometheus: families of series, written in the text exposition format 0.0.4. Any
// thread may count while another writes the page.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace stagegate::http {

class Metrics;

namespace detail {

struct Series {
  double value = 0;                    // of a counter or gauge; the sum of a histogram
  std::uint64_t count = 0;             // of a histogram
  std::vector<std::uint64_t> buckets;  // each counts what the ones below it have not
};

struct Family {
  std::string name;
  std::string help;
  std::string_view type;
  std::vector<std::string> labels;
  std::vector<double> bounds;  // of a histogram, rising
  std::map<std::vector<std::string>, Series> series;
};

class Handle {
 public:
  Handle(std::mutex& mutex, Family& family) : mutex_(&mutex), family_(&family) {}

 protected:
  using Values = std::initializer_list<std::string_view>;
  // The series of these label values, one for each label of the family, made when it is new. Call
  // with the lock held.
  Series& series(Values values) const;
  std::mutex* mutex_;
  Family* family_;
};

}  // namespace detail

// Handles to a family; they are valid as long as the Metrics they come from.
class Counter : public detail::Handle {
 public:
  using Handle::Handle;
  void add(Values values = {}, double by = 1) const;
};

class Gauge : public detail::Handle {
 public:
  using Handle::Handle;
  void set(double value, Values values = {}) const;
};

class Histogram : public detail::Handle {
 public:
  using Handle::Handle;
  void observe(double value, Values values = {}) const;
};

class Metrics {
 public:
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

  // Throw std::logic_error for a name or label that Prometheus would not take, and for a name given
  // twice.
  Counter counter(std::string name, std::string help, std::vector<std::string> labels = {});
  Gauge gauge(std::string name, std::string help, std::vector<std::string> labels = {});
  Histogram histogram(std::string name, std::string help, std::vector<double> bounds,
                      std::vector<std::string> labels = {});

  // The whole page, families in the order in which they were declared. A family without labels
  // shows its zero; one with labels shows what has been counted.
  std::string text() const;

 private:
  detail::Family& declare(detail::Family family);
  mutable std::mutex mutex_;
  std::deque<detail::Family> families_;  // a deque, because handles point into it
};

}  // namespace stagegate::http
