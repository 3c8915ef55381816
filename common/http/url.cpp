#include "common/http/url.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <curl/curl.h>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

struct CloseUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, CloseUrl>;

// The part, or empty when the address has none.
std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* value = nullptr;
  if (curl_url_get(url, which, &value, flags) != CURLUE_OK) return {};
  std::string copy(value);
  curl_free(value);
  return copy;
}

Result<Url> taken_apart(CURLU* curl, std::string_view text) {
  if (!part(curl, CURLUPART_USER).empty() || !part(curl, CURLUPART_PASSWORD).empty()) {
    return usage(text::cat("the address ", shown_url(text),
                           " contains a user name or a password; give them as settings instead"));
  }
  Url url;
  url.scheme = part(curl, CURLUPART_SCHEME);
  url.host = text::lower(part(curl, CURLUPART_HOST));
  url.path = part(curl, CURLUPART_PATH);
  url.query = part(curl, CURLUPART_QUERY);
  const auto port = text::parse_int(part(curl, CURLUPART_PORT, CURLU_DEFAULT_PORT));
  url.port = static_cast<std::uint16_t>(port.value_or(0));
  if (url.scheme != "http" && url.scheme != "https") {
    return usage(text::cat("the address ", shown_url(text), " is neither http:// nor https://"));
  }
  if (url.port == 0) return usage(text::cat("the address ", shown_url(text), " has no valid port"));
  return url;
}

Result<Url> set_and_take_apart(CURLU* curl, std::string_view text, unsigned flags = 0) {
  // curl reads the text up to its first NUL; what follows one would be invisible to every check.
  const bool has_nul = text.find('\0') != std::string_view::npos;
  // CURLU_NON_SUPPORT_SCHEME: an ftp:// address is refused below, with a better message.
  const CURLUcode code = has_nul ? CURLUE_MALFORMED_INPUT
                                 : curl_url_set(curl, CURLUPART_URL, std::string(text).c_str(),
                                                CURLU_NON_SUPPORT_SCHEME | flags);
  if (code != CURLUE_OK) {
    return usage(text::cat(text::quoted(shown_url(text)),
                           " is no address of the form https://host/path (",
                           has_nul ? "it contains a NUL" : curl_url_strerror(code), ")"));
  }
  return taken_apart(curl, text);
}

bool suggests_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kWords = {
      "token", "secret", "pass", "key", "sig", "auth", "code", "cred", "session", "state"};
  const std::string lower = text::lower(name);
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::string shown_query(std::string_view query) {
  std::vector<std::string> shown;
  for (const std::string_view parameter : text::split(query, '&')) {
    const auto equals = parameter.find('=');
    const bool secret =
        equals != std::string_view::npos && suggests_secret(parameter.substr(0, equals));
    shown.push_back(secret ? text::cat(parameter.substr(0, equals), "=***")
                           : std::string(parameter));
  }
  return text::join(shown, "&");
}

}  // namespace

std::string Url::origin() const {
  const bool usual = port == (scheme == "https" ? 443 : 80);
  return usual ? text::cat(scheme, "://", host) : text::cat(scheme, "://", host, ':', port);
}

std::string Url::text() const {
  return query.empty() ? origin() + path : text::cat(origin(), path, '?', query);
}

bool Url::same_origin(const Url& other) const {
  return scheme == other.scheme && host == other.host && port == other.port;
}

Result<Url> parse_url(std::string_view text) {
  const CurlUrl curl(curl_url());
  return set_and_take_apart(curl.get(), text);
}

bool link_local(std::string_view host) {
  return host.starts_with("169.254.") || host.starts_with("[fe8") || host.starts_with("[fe9") ||
         host.starts_with("[fea") || host.starts_with("[feb") ||
         host.starts_with("[::ffff:169.254.") || host.starts_with("[::ffff:a9fe:");
}

bool this_machine(std::string_view host) {
  // "127.0.0.1.example.com" is a name, and may be anybody's.
  const bool is_address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (is_address && host.starts_with("127."));
}

Result<Url> resolve(const Url& base, std::string_view reference) {
  const CurlUrl curl(curl_url());
  if (auto ok = set_and_take_apart(curl.get(), base.text()); !ok) return ok;
  // Servers do put blanks and letters beyond ASCII into a Location.
  return set_and_take_apart(curl.get(), reference, CURLU_URLENCODE | CURLU_ALLOW_SPACE);
}

std::string join_query(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::vector<std::string> pieces;
  pieces.reserve(parameters.size());
  for (const auto& [name, value] : parameters) {
    pieces.push_back(text::cat(text::percent_encode(name), '=', text::percent_encode(value)));
  }
  return text::join(pieces, "&");
}

std::string shown_url(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const auto question = url.find('?');
  std::string_view place = url.substr(0, question);
  const auto slashes = place.find("//");
  const auto begin =
      slashes == std::string_view::npos ? 0 : slashes + 2;  // "user:password@proxy:3128" has none
  const auto end = std::min(place.find('/', begin), place.size());
  // The last "@": a password may contain one.
  const auto at = place.substr(begin, end - begin).rfind('@');
  std::string shown(place.substr(0, begin));
  shown += at == std::string_view::npos ? place.substr(begin) : place.substr(begin + at + 1);
  if (question != std::string_view::npos) shown += '?' + shown_query(url.substr(question + 1));
  return shown;
}

}  // namespace stagegate::http
