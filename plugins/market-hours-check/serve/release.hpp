// Where people release waiting promotions: they break the glass, approve or reject, as whoever
// their own identity system says they are. Machines post JSON, people fill in a form.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/http/request.hpp"
#include "common/http/router.hpp"
#include "common/time/clock.hpp"
#include "plugins/market-hours-check/clearance/clearance.hpp"
#include "plugins/market-hours-check/identity/identity.hpp"
#include "plugins/market-hours-check/serve/memory.hpp"
#include "plugins/market-hours-check/serve/release_request.hpp"
#include "plugins/market-hours-check/serve/serve.hpp"

namespace stagegate::market_hours {

class ReleaseDesk {
 public:
  // All must outlive the desk.
  ReleaseDesk(const ServeOptions& options, const Stages& stages, const PromotionMemory& memory,
              const time::Clock& clock)
      : options_(options), stages_(stages), memory_(memory), clock_(clock) {}

  // POST /v1/break-glass, POST /v1/approvals, GET /promotion.
  void add_to(http::Router& router);

  // Whether somebody can release anything here.
  bool is_open() const { return options_.identity != nullptr && books() != nullptr; }

 private:
  using Request = http::ServerRequest;
  using Response = http::ServerResponse;
  // What a request came to: the record that was written, or why none was.
  struct Done {
    audit::Appended record;
    audit::Actor actor;
    std::string message;
    std::string grant;       // its id
    std::string expires_at;  // of the grant
    bool woken = false;
  };
  struct Trouble {
    int status;
    std::string message;
  };
  using Answer = tl::expected<Done, Trouble>;

  Response handle(const Request& request, Act act);
  Answer act_on(const Request& http, ReleaseRequest& request, Act act);
  Answer grant(const ReleaseRequest& request, audit::Actor actor);
  Answer approve(const ReleaseRequest& request, audit::Actor actor);
  std::optional<Trouble> check(const Request& http, const ReleaseRequest& request, Act act) const;
  std::optional<Trouble> fill_in(ReleaseRequest& request) const;
  bool wake(const ReleaseRequest& request) const;
  Response page(const Request& request);
  Response form(const Request& http, const ReleaseRequest& request, const std::string& trouble,
                int status);

  const Stage* find(const std::string& stage) const;
  Books* books() const { return options_.clearing ? options_.clearing->books() : nullptr; }

  const ServeOptions& options_;
  const Stages& stages_;
  const PromotionMemory& memory_;
  const time::Clock& clock_;
};

}  // namespace stagegate::market_hours
