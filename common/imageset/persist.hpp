// Asking again what a registry could not answer just now.
#pragma once

#include <algorithm>
#include <chrono>

#include "common/oci/refusal.hpp"
#include "common/time/clock.hpp"

namespace stagegate::imageset {

// How long between two questions: longer each time, by chance a little more or less, so that many
// who wait for the same do not come all at once.
class Pace {
 public:
  Pace(std::chrono::milliseconds first, std::chrono::milliseconds longest);
  // The pause before the next question, no shorter than what the registry asked for.
  std::chrono::milliseconds next(std::optional<std::chrono::milliseconds> asked_for = {});

 private:
  std::chrono::milliseconds pause_;
  std::chrono::milliseconds longest_;
};

// Asks until there is an answer that is not about to change, or no time is left until `deadline`
// (on the clock's uptime) for another try.
template <class Ask>
auto persist(time::Clock& clock, std::chrono::milliseconds deadline, const Ask& ask)
    -> decltype(ask()) {
  Pace pace(std::chrono::milliseconds(500), std::chrono::milliseconds(15'000));
  while (true) {
    auto answer = ask();
    if (answer || !answer.error().passing) return answer;
    const auto length = pace.next(answer.error().retry_after);
    if (clock.uptime() + length >= deadline || !time::pause(clock, length)) return answer;
  }
}

}  // namespace stagegate::imageset
