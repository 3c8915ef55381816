// Objects as they are and as they change, for as long as somebody wants to know: a list, then one
// watch after the other. What goes wrong on the way (a cut connection, a server that restarts, a
// resourceVersion that is too old) is mended by asking again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/kube/api.hpp"
#include "common/result/result.hpp"
#include "common/time/clock.hpp"

namespace stagegate::kube {

enum class Seen : std::uint8_t {
  listed,  // is there; may have been seen before
  added,
  modified,
  deleted,   // as it was at the end. What goes away between a watch and a new list is not told
  complete,  // all that was there has been listed; no object
};
using Tell = std::function<Result<http::Flow>(Seen seen, const text::Json& object)>;

struct Following {
  ListQuery query = {};
  std::chrono::seconds one_watch{280};  // as long as clients of Kubernetes usually do
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{30'000};
  // An API of which nothing but failures has come for so long is given up.
  std::chrono::milliseconds longest_silence = std::chrono::minutes(15);
  std::optional<std::chrono::milliseconds> deadline = {};  // on the clock's uptime
};

// Ends well when `tell` has enough and when the program should end. Fails with what `tell` fails
// with, with deadline, with what the first list fails with (a permission that is missing, a wrong
// address), and after `longest_silence`.
Result<> follow(Api& api, time::Clock& clock, const Resource& resource, std::string_view name_space,
                const Following& following, const Tell& tell);

}  // namespace stagegate::kube
