// Does what may hang on a thread of its own, one job after the other. A file system whose server is
// silent blocks a thread in the kernel, where nothing can wake it; whoever waits for the job can
// still be told so in time.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "common/result/result.hpp"

namespace stagegate::market_hours {

class Clerk {
 public:
  explicit Clerk(std::chrono::milliseconds deadline);
  Clerk(const Clerk&) = delete;
  Clerk& operator=(const Clerk&) = delete;
  // Leaves a thread that hangs behind.
  ~Clerk();

  // The job's own answer, or a failure (deadline) when it is not there in time. It may still be
  // done later, therefore it must own what it uses and be safe to repeat.
  template <class T>
  Result<T> run(std::function<Result<T>()> job) {
    auto answer = std::make_shared<std::promise<Result<T>>>();
    auto coming = answer->get_future();
    const auto work = [answer, job = std::move(job)] {
      try {
        answer->set_value(job());
      } catch (...) {
        answer->set_exception(std::current_exception());
      }
    };
    if (!hand_over(work, [&] { return coming.wait_for(deadline_) == std::future_status::ready; })) {
      return late();
    }
    return coming.get();
  }

 private:
  struct Desk;
  bool hand_over(std::function<void()> job, const std::function<bool()>& wait);
  tl::unexpected<Failure> late() const;

  std::chrono::milliseconds deadline_;
  std::shared_ptr<Desk> desk_;
  std::thread thread_;
};

}  // namespace stagegate::market_hours
