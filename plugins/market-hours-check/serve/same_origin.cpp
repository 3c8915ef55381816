#include "plugins/market-hours-check/serve/same_origin.hpp"

#include <algorithm>

#include "common/html/html.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

constexpr std::string_view kCookie = "stagegate_form";
constexpr std::size_t kTokenLength = 32;

std::string_view header(const http::ServerRequest& request, std::string_view name) {
  const std::string* found = request.header(name);
  return found == nullptr ? std::string_view() : std::string_view(*found);
}

// "https://gate.example.com:8443/path" without the path.
std::string origin_of(std::string_view url) {
  const auto host = url.find("://");
  if (host == std::string_view::npos) return "";
  return text::lower(url.substr(0, url.find('/', host + 3)));
}

bool is_token(std::string_view text) {
  return text.size() == kTokenLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view cookie_of(const http::ServerRequest& request) {
  for (const auto part : text::split(header(request, "cookie"), ';')) {
    const auto pair = text::trim(part);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == kCookie) {
      return pair.substr(equals + 1);
    }
  }
  return {};
}

}  // namespace

Result<> check_same_origin(const http::ServerRequest& request, const std::string& public_url) {
  const auto refused = [](std::string words) {
    return fail(Failure::Kind::refused, std::move(words));
  };
  const auto site = header(request, "sec-fetch-site");
  if (!site.empty() && site != "same-origin") {
    return refused("this request comes from another page");
  }
  const auto origin = header(request, "origin");
  if (origin.empty()) return {};
  const std::string given = text::lower(origin);
  const std::string host = text::lower(header(request, "host"));
  const std::string wanted = origin_of(public_url);
  const bool here = wanted.empty() ? given == cat("http://", host) || given == cat("https://", host)
                                   : given == wanted;
  if (here) return {};
  return refused(cat("this request comes from a page of ", text::quoted(origin),
                     "; if that is where this gate is reached, set public_url"));
}

FormToken::FormToken(const http::ServerRequest& request) : value_(cookie_of(request)) {
  if (!is_token(value_)) value_ = html::fresh_nonce();
}

std::string FormToken::cookie(bool https) const {
  return cat(kCookie, "=", value_, "; Path=/; HttpOnly; SameSite=Strict", https ? "; Secure" : "");
}

bool FormToken::matches(const http::ServerRequest& request, std::string_view in_form) {
  const auto cookie = cookie_of(request);
  return is_token(cookie) && text::equal_secret(cookie, in_form);
}

}  // namespace stagegate::market_hours
