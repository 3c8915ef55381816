// The page of one promotion: what it waits for, what the log says about it, and the forms that
// release it. Works without JavaScript; with it, a dialog asks once more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/audit/grant/approval.hpp"
#include "common/audit/grant/grant.hpp"
#include "plugins/market-hours-check/serve/memory.hpp"
#include "plugins/market-hours-check/serve/release_request.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {

struct ReleaseView {
  time::Instant at;
  const Stage* stage = nullptr;  // null: no such stage
  Result<Verdict> verdict = unknown("");
  ReleaseRequest request;      // what the forms begin with
  std::optional<Known> known;  // empty: the gate has not been asked about it
  std::vector<audit::GrantState> grants;
  Result<std::optional<audit::Approval>> approval = std::optional<audit::Approval>();
  bool needs_approval = false;
  std::string closed;       // why nothing can be released here; empty: it can
  std::string log_trouble;  // why the log could not be read; empty: it was
  bool takes_token = false;
  std::string trouble;  // why the last try came to nothing
  bool done = false;    // the last try was recorded
  std::string form_token;
  std::string root;  // from where the page stands: "" or "../"
};

std::string release_page_html(const ReleaseView& view, const std::string& nonce);

// For the page of all stages: the promotions that wait now, each a link to its own page. Empty when
// there are none.
std::string waiting_html(const std::vector<Known>& waiting, time::Instant at);

// "promotion?project=...": relative to the root of the gate.
std::string release_link(const std::string& project, const std::string& stage,
                         const std::string& promotion, const std::string& image_tag);

}  // namespace stagegate::market_hours
