// What a person asks of the gate: to break the glass for a promotion, to approve or to reject it.
#pragma once

#include <chrono>
#include <string>

#include "common/http/request.hpp"
#include "common/result/result.hpp"

namespace stagegate::market_hours {

struct ReleaseRequest {
  bool from_form = false;  // of the page, and not JSON of a program
  std::string project;
  std::string stage;
  std::string promotion;
  std::string image_tag;
  std::string note;  // the justification, or the note of an approval
  std::string incident_ref;
  std::string decision;    // "approve" or "reject"
  std::string expires;     // "1h"
  std::string request_id;  // the same for the same press of a button
  // Of forms.
  std::string token;       // a bearer token, typed in
  std::string form_token;  // see FormToken
  bool confirmed = false;
};

// From JSON ("application/json") or a form ("application/x-www-form-urlencoded"): nothing else is
// taken, because a browser would send it for any page without asking. Failures are usage.
Result<ReleaseRequest> parse_release(const http::ServerRequest& request);

}  // namespace stagegate::market_hours
