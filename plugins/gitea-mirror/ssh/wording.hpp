// What goes wrong with a server over SSH, in words that say what to do. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::mirror {

// How a program on the server came to its end.
struct RemoteEnding {
  std::optional<int> status;  // empty: a signal has ended it
  std::string signal;
  std::string errors;  // what it wrote to stderr, as it came
};

// Nothing more comes: the connection broke. `moved`: how many bytes of the exchange had passed.
Failure connection_lost(std::string_view where, std::uint64_t moved, std::string_view detail);
Failure quiet_too_long(std::string_view where, std::chrono::milliseconds limit);
Failure not_connected(std::string_view where, std::string_view detail, bool passing);
Failure key_refused(std::string_view where, std::string_view user, std::string_view fingerprint);

// Why the program on the server ended before it had done its work, by what it and the host wrote.
// `path`: of the repository.
Failure ended_early(std::string_view where, std::string_view path, const RemoteEnding& ending);

}  // namespace stagegate::mirror
