#include "common/http/fault.hpp"

#include <cerrno>
#include <system_error>

#include <openssl/x509_vfy.h>

#include "common/text/duration.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

std::string_view phase_words(Phase phase) {
  switch (phase) {
    case Phase::resolving:
      return "looking up the host name";
    case Phase::connecting:
      return "connecting";
    case Phase::securing:
      return "setting up TLS";
    case Phase::sending:
      return "sending the request";
    case Phase::waiting:
      return "waiting for the answer to begin";
    case Phase::receiving:
      return "receiving the answer";
  }
  return "working";
}

std::string in_parentheses(std::string_view detail) {
  return detail.empty() ? std::string() : text::cat(" (", detail, ')');
}

std::string connect_words(const Attempt& attempt) {
  const std::string& peer = attempt.proxy.empty() ? attempt.server : attempt.proxy;
  switch (attempt.os_error) {
    case ECONNREFUSED:
      return text::cat("connection refused by ", peer,
                       ": nothing listens there; check host, port and that the service runs");
    case ENETUNREACH:
    case EHOSTUNREACH:
      return text::cat("there is no route to ", peer, "; check the address and the network policy");
    case 0:
      return text::cat("cannot connect to ", peer, in_parentheses(attempt.detail));
    default:
      return text::cat("cannot connect to ", peer, ": ",
                       std::generic_category().message(attempt.os_error));
  }
}

// What is wrong with a certificate, and the setting that mends it where one does.
std::string certificate_words(const Attempt& attempt) {
  const std::string whose = text::cat("the certificate of ", attempt.server);
  switch (attempt.verify_code) {
    case X509_V_OK:  // the chain is good, so it is the name; libcurl leaves either code
    case X509_V_ERR_UNSPECIFIED:
      return text::cat(whose, " is for another host name", in_parentheses(attempt.detail));
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return text::cat(whose,
                       " or of its issuer has expired; renew it, or check this machine's clock");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return text::cat(whose, " is not valid yet; check this machine's clock");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return text::cat(whose, " is self-signed; to trust it, name it with ca_file (now trusted: ",
                       attempt.trust, ')');
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return text::cat(whose,
                       " is signed by an authority that is not trusted; name the authority's "
                       "certificate with ca_file (now trusted: ",
                       attempt.trust, ')');
    default:
      return text::cat(whose, " is refused: ", X509_verify_cert_error_string(attempt.verify_code));
  }
}

std::string timeout_words(const Attempt& attempt) {
  return text::cat("timed out after ", text::show_duration(attempt.elapsed), " while ",
                   phase_words(attempt.phase));
}

std::string words(const Attempt& attempt) {
  switch (attempt.fault) {
    case Fault::none:
      return "no fault";
    case Fault::resolve:
      return text::cat("the host name of ", attempt.server,
                       " cannot be resolved; check its spelling and the name server",
                       in_parentheses(attempt.detail));
    case Fault::resolve_proxy:
      return text::cat("the host name of the proxy ", attempt.proxy,
                       " cannot be resolved; check the proxy setting");
    case Fault::connect:
      return connect_words(attempt);
    case Fault::proxy_refused:
      return text::cat(
          "the proxy ", attempt.proxy, " refused to connect to ", attempt.server, " (status ",
          attempt.proxy_status,
          attempt.proxy_status == 407 ? ": it wants a user name and a password)" : ")");
    case Fault::certificate:
      return certificate_words(attempt);
    case Fault::tls:
      return text::cat("no TLS connection with ", attempt.server,
                       "; it must speak TLS 1.2 or newer on this port",
                       in_parentheses(attempt.detail));
    case Fault::timeout:
      return timeout_words(attempt);
    case Fault::stalled:
      return text::cat("nothing arrived for too long; given up after ",
                       text::show_duration(attempt.elapsed), " while ", phase_words(attempt.phase));
    case Fault::cut_off:
      return text::cat("the connection to ", attempt.server, " broke while ",
                       phase_words(attempt.phase), in_parentheses(attempt.detail));
    case Fault::http2:
      return text::cat("HTTP/2 error with ", attempt.server, in_parentheses(attempt.detail));
    case Fault::malformed:
      return text::cat("what ", attempt.server, " answered is no HTTP",
                       in_parentheses(attempt.detail));
    case Fault::too_long:
      return text::cat("the answer of ", attempt.server, " is longer than allowed",
                       in_parentheses(attempt.detail));
    case Fault::local:
      return text::cat("the request could not be made", in_parentheses(attempt.detail));
  }
  return "unknown fault";
}

}  // namespace

std::string describe(const Attempt& attempt) {
  return text::cat(attempt.method, ' ', attempt.url, ": ", words(attempt));
}

bool may_pass(Fault fault) {
  switch (fault) {
    case Fault::resolve:  // a service that is being created, a name server that restarts
    case Fault::resolve_proxy:
    case Fault::connect:
    case Fault::timeout:
    case Fault::stalled:
    case Fault::cut_off:
    case Fault::http2:  // the next attempt is made with HTTP/1.1
      return true;
    case Fault::none:
    case Fault::proxy_refused:
    case Fault::certificate:
    case Fault::tls:
    case Fault::malformed:
    case Fault::too_long:
    case Fault::local:
      return false;
  }
  return false;
}

Phase phase_of(const Moments& moments, bool secure) {
  if (moments.answered > 0) return Phase::receiving;
  if (moments.sent > 0) return Phase::waiting;
  if (moments.ready > 0) return Phase::sending;
  if (moments.connected > 0) return secure ? Phase::securing : Phase::sending;
  return moments.resolved > 0 ? Phase::connecting : Phase::resolving;
}

}  // namespace stagegate::http
