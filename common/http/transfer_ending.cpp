// What an attempt has come to.
#include <algorithm>
#include <string_view>

#include "common/http/transfer.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

// OpenSSL's verdict on the handshake ("wrong version number", "protocol version") is final; a
// connection that broke in the middle of it is not.
bool handshake_broke(std::string_view detail) {
  return detail.find("SSL_ERROR_SYSCALL") != std::string_view::npos ||
         detail.find("unexpected eof") != std::string_view::npos ||
         detail.find("reset by peer") != std::string_view::npos;
}

std::string server_of(const Url& url) {
  return text::cat(url.host, ':', url.port);
}

}  // namespace

long Transfer::number(CURLINFO what) const {
  long value = 0;
  curl_easy_getinfo(curl_.get(), what, &value);
  return value;
}

curl_off_t Transfer::big_number(CURLINFO what) const {
  curl_off_t value = 0;
  curl_easy_getinfo(curl_.get(), what, &value);
  return value;
}

// What libcurl lets pass: a connection that ends in the middle of the header, and two lengths for
// one body, where the reader in front of this one may have believed the other.
Fault Transfer::flaw_of_answer() const {
  if (!header_complete_) return Fault::cut_off;
  std::string_view length;
  curl_header* header = nullptr;
  for (std::size_t i = 0;
       curl_easy_header(curl_.get(), "Content-Length", i, CURLH_HEADER, -1, &header) == CURLHE_OK;
       ++i) {
    if (i > 0 && length != header->value) return Fault::malformed;
    length = header->value;
  }
  return Fault::none;
}

Fault Transfer::fault_of(CURLcode code) const {
  const std::string_view detail(detail_.data());
  if (too_long_) return Fault::too_long;
  if (stalled_) return Fault::stalled;
  if (code != CURLE_OK && number(CURLINFO_HTTP_CONNECTCODE) >= 300) return Fault::proxy_refused;
  switch (code) {
    case CURLE_OK:
      return flaw_of_answer();
    case CURLE_COULDNT_RESOLVE_HOST:
      return Fault::resolve;
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Fault::resolve_proxy;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return Fault::connect;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return Fault::certificate;
    case CURLE_SSL_CONNECT_ERROR:
      return handshake_broke(detail) ? Fault::cut_off : Fault::tls;
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_USE_SSL_FAILED:
      return Fault::tls;
    case CURLE_OPERATION_TIMEDOUT:
      return Fault::timeout;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
      return Fault::cut_off;
    case CURLE_RECV_ERROR:
      return detail.starts_with("Too large response headers") ? Fault::too_long : Fault::cut_off;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return Fault::http2;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // "HTTP/0.9", which is anything at all
    case CURLE_BAD_CONTENT_ENCODING:
      return Fault::malformed;
    default:
      return Fault::local;
  }
}

Attempt Transfer::describe_attempt(CURLcode code) const {
  Attempt attempt;
  attempt.method = method_name(plan_.asked.method);
  attempt.url = shown_url(plan_.asked.url.text());
  attempt.server = server_of(plan_.asked.url);
  attempt.trust = trust_words_;
  attempt.detail = detail_.data();
  if (attempt.detail.empty() && code != CURLE_OK) attempt.detail = curl_easy_strerror(code);
  if (!curl_) {
    attempt.fault = Fault::local;
    return attempt;
  }
  attempt.fault = fault_of(code);
  if (too_long_) attempt.detail = text::cat("more than ", plan_.request->most_body, " bytes");
  attempt.phase =
      phase_of({big_number(CURLINFO_NAMELOOKUP_TIME_T), big_number(CURLINFO_CONNECT_TIME_T),
                big_number(CURLINFO_PRETRANSFER_TIME_T), big_number(CURLINFO_POSTTRANSFER_TIME_T),
                big_number(CURLINFO_STARTTRANSFER_TIME_T)},
               plan_.asked.url.scheme == "https");
  attempt.elapsed = milliseconds(big_number(CURLINFO_TOTAL_TIME_T) / 1000);
  if (number(CURLINFO_USED_PROXY) != 0) attempt.proxy = proxy_;
  attempt.os_error = static_cast<int>(number(CURLINFO_OS_ERRNO));
  attempt.proxy_status = static_cast<int>(number(CURLINFO_HTTP_CONNECTCODE));
  attempt.verify_code = number(CURLINFO_SSL_VERIFYRESULT);
  return attempt;
}

void Transfer::read_response() {
  response_.status = static_cast<int>(number(CURLINFO_RESPONSE_CODE));
  response_.url = plan_.asked.url.text();
  response_.http2 = number(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0;
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(curl_.get(), CURLH_HEADER, -1, header)) != nullptr) {
    response_.headers.add(header->name, header->value);
  }
}

Ending Transfer::finish(CURLcode code) {
  if (thrown_) std::rethrow_exception(thrown_);
  if (set_up_ != CURLE_OK) code = set_up_;
  if (enough_ && code == CURLE_WRITE_ERROR) code = CURLE_OK;  // that is how it was stopped
  Ending ending;
  ending.attempt = describe_attempt(code);
  if (ending.attempt.fault == Fault::none) {
    read_response();
    if (lines_ && !enough_) take(lines_->finish());
    if (const auto seconds = big_number(CURLINFO_RETRY_AFTER); seconds > 0) {
      response_.retry_after = std::chrono::seconds(seconds);
    }
  }
  ending.from_caller = std::move(from_caller_);
  ending.answer_begun = answer_begun_;
  ending.body_begun = body_begun_;
  ending.response = std::move(response_);
  return ending;
}

}  // namespace stagegate::http
