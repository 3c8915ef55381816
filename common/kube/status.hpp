// What the API says when it does not do what was asked. Pure.
#pragma once

#include <string>

#include "common/http/client_request.hpp"
#include "common/result/result.hpp"
#include "common/text/json.hpp"

namespace stagegate::kube {

// `asked` in words: "get stages.kargo.akuity.io paper in stonks". `passing` where the same may work
// in a moment: too many requests, and what a server or a webhook of it has failed at.
Failure failure_of(const http::Response& response, const std::string& asked);

// The same for a Status object in the middle of a watch; its code stands in `code`.
Failure failure_of_status(const text::Json& status, const std::string& asked);

// The same for Kargo's own API, which answers {"error": "..."}.
Failure failure_of_kargo(const http::Response& response, const std::string& asked);

}  // namespace stagegate::kube
