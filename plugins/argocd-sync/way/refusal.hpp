// What the API of Argo CD says when it does not do what was asked. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "common/http/client_request.hpp"
#include "common/result/result.hpp"

namespace stagegate::argocd {

struct Refusal {
  enum class Why : std::uint8_t {
    other,
    busy,      // another operation is in progress
    windowed,  // a sync window
    moved,     // a test of a JSON patch failed, or somebody was faster
    idle,      // there is no operation to terminate
  };
  Why why = Why::other;
  Failure failure;
};

// `asked` in words: "sync the Application stonks-beta". `passing` as for Failure.
Refusal refusal_of(const http::Response& response, const std::string& asked);

}  // namespace stagegate::argocd
