#include "common/http/redirect.hpp"

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

tl::unexpected<Failure> refuse(const Asked& asked, std::string_view to, std::string_view why) {
  return unknown(text::cat(method_name(asked.method), ' ', shown_url(asked.url.text()),
                           ": redirected to ", shown_url(to), ", which is not followed: ", why));
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Redirect> decide_redirect(const Asked& asked, bool body_repeatable, int status,
                                 std::string_view location) {
  const Url& from = asked.url;
  const auto to = resolve(from, location);
  if (!to) return refuse(asked, location, to.error().message);
  const std::string shown = to->text();
  if (from.scheme == "https" && to->scheme == "http")
    return refuse(asked, shown, "it would leave TLS");
  if (link_local(to->host) && !link_local(from.host)) {
    return refuse(asked, shown, "it is a link-local address");
  }

  Redirect redirect{{*to, asked.method, asked.with_body}, from.same_origin(*to)};
  const bool only_reads = asked.method == Method::get || asked.method == Method::head;
  if (status == 303 && asked.method != Method::head) {
    redirect.next.method = Method::get;
    redirect.next.with_body = false;
  } else if (status <= 302 && !only_reads) {
    return refuse(asked, shown, "use that address if it is the right one");
  }
  if (redirect.next.with_body && !redirect.trusted) {
    return refuse(asked, shown, "a body goes to no other server than the one it was meant for");
  }
  if (redirect.next.with_body && !body_repeatable) {
    return refuse(asked, shown, "the body cannot be sent a second time; use that address");
  }
  return redirect;
}

bool harmless_header(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kHarmless = {
      "accept",        "accept-language",   "cache-control", "content-type", "if-match",
      "if-none-match", "if-modified-since", "range",         "user-agent",   "git-protocol"};
  return std::ranges::any_of(kHarmless,
                             [&](std::string_view known) { return same_name(known, name); });
}

}  // namespace stagegate::http
