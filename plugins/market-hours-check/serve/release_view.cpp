// What the page of a promotion shows, gathered.
#include <algorithm>

#include "common/html/html.hpp"
#include "common/http/answers.hpp"
#include "plugins/market-hours-check/serve/release.hpp"
#include "plugins/market-hours-check/serve/release_page.hpp"
#include "plugins/market-hours-check/serve/same_origin.hpp"

namespace stagegate::market_hours {
namespace {

// A newest few: this is a page about what is going on.
void read_log(ReleaseView& view, Books& books) {
  constexpr std::size_t kMostShown = 5;
  const auto grants = books.grants();
  if (!grants) {
    view.log_trouble = grants.error().message;
    return;
  }
  const ReleaseRequest& about = view.request;
  for (auto state = grants->rbegin(); state != grants->rend(); ++state) {
    const auto& scope = state->grant.scope;
    const bool named = !scope.promotion.empty() && scope.promotion == about.promotion;
    const bool of_tag = scope.target_stage == about.stage && scope.image_tag == about.image_tag;
    if ((named || of_tag) && view.grants.size() < kMostShown) view.grants.push_back(*state);
  }
  audit::Passage passage;
  passage.gate = kGateName;
  passage.project = about.project;
  passage.target_stage = about.stage;
  passage.image_tag = about.image_tag;
  passage.promotion = about.promotion;
  passage.consumer = about.promotion;
  if (view.known) passage.promoter = view.known->asked.actor;
  if (view.needs_approval) view.approval = books.approval(passage);
}

std::string why_closed(const ServeOptions& options, const Books* books) {
  if (books == nullptr) {
    return "Nothing can be released here: this gate keeps no audit log (audit_log, audit_key).";
  }
  if (options.identity == nullptr) {
    return "Nothing can be released here: this gate does not know who people are (identity). "
           "`audit-writer grant` does it where the log is.";
  }
  if (options.simulated) return "Nothing can be released here: the clock is simulated.";
  return "";
}

}  // namespace

http::ServerResponse ReleaseDesk::page(const Request& request) {
  ReleaseRequest about;
  about.project = http::query(request, "project");
  about.stage = http::query(request, "stage");
  about.promotion = http::query(request, "promotion");
  about.image_tag = http::query(request, "image_tag");
  return form(request, about, "", 200);
}

http::ServerResponse ReleaseDesk::form(const Request& http, const ReleaseRequest& request,
                                       const std::string& trouble, int status) {
  ReleaseView view;
  view.at = clock_.now();
  view.request = request;
  view.stage = find(request.stage);
  view.known = memory_.find(request.project, request.promotion);
  // What the gate was asked about counts, not what a link says.
  if (view.known && view.known->asked.stage != request.stage) view.known.reset();
  if (view.known) view.request.image_tag = view.known->asked.image_tag;
  if (view.stage != nullptr) view.verdict = view.stage->gate.judge(request.stage, view.at);
  view.needs_approval = options_.clearing && options_.clearing->needs_approval(request.stage);
  view.closed = why_closed(options_, books());
  if (books() != nullptr) read_log(view, *books());
  view.takes_token = options_.identity != nullptr && options_.identity->takes_token();
  view.trouble = trouble;
  view.done = trouble.empty() && http::query(http, "done") == "yes";
  const FormToken token(http);
  view.form_token = token.value();
  view.root = http.path.starts_with("/v1/") ? "../" : "";

  const std::string nonce = html::fresh_nonce();
  http::ServerResponse response;
  response.status = view.stage == nullptr && status == 200 ? 404 : status;
  response.content_type = "text/html; charset=utf-8";
  response.body = release_page_html(view, nonce);
  response.headers = {{"Cache-Control", "no-store"},
                      {"Content-Security-Policy", html::page_policy(nonce, "'self'")},
                      // The form's own address is what a browser names as its origin: with
                      // no-referrer it says null.
                      {"Referrer-Policy", "same-origin"},
                      {"Set-Cookie", token.cookie(options_.public_url.starts_with("https://"))}};
  return response;
}

}  // namespace stagegate::market_hours
