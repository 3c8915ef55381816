// Why a registry did not do what it was asked, and what follows from that.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/client_request.hpp"
#include "common/result/result.hpp"

namespace stagegate::oci {

struct Refusal {
  enum class Kind {
    absent,       // no such manifest, tag, blob or repository: to registries all the same
    credential,   // 401: nobody knows who asks
    denied,       // 403: who asks may not
    busy,         // 429 and its like: later
    read_only,    // 405 to a change: garbage collection, maintenance
    broken,       // 5xx
    unreachable,  // no answer
    no_image,     // there is something, and it is no image: a kind of manifest that is not taken
    strange,      // an answer that makes no sense, or that this program does not take
  };
  Kind kind = Kind::strange;
  int status = 0;        // of the answer; 0: there was none
  std::string code;      // "MANIFEST_UNKNOWN"; empty: none given
  bool passing = false;  // nothing is wrong with the question: the same may be answered later
  std::optional<std::chrono::milliseconds> retry_after;
  Failure failure;
};

template <class T = void>
using Answer = tl::expected<T, Refusal>;

// `return forward(answer.error())`, as for a Failure.
inline tl::unexpected<Refusal> forward(Refusal refusal) {
  return tl::make_unexpected(std::move(refusal));
}

// One word or two for a table: "404 MANIFEST_UNKNOWN", "no answer".
std::string short_words(const Refusal& refusal);

// What an answer that is no success means. `asked` in words ("HEAD https://..."), `who` as
// Login::words() has it.
Refusal refusal_of(const http::Response& response, http::Method method, std::string_view asked,
                   std::string_view who);
// No answer came, or nothing was asked.
Refusal refusal_of(const Failure& failure);
// An answer came, and it cannot be right.
Refusal strange(int status, std::string message);

}  // namespace stagegate::oci
