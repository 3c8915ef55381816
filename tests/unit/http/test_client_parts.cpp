// The smaller decisions of the client: headers, lines, proxies, trust, and what a failure says.
#include <cerrno>
#include <map>

#include <openssl/x509_vfy.h>

#include "common/http/fault.hpp"
#include "common/http/headers.hpp"
#include "common/http/lines.hpp"
#include "common/http/proxy.hpp"
#include "common/http/trust.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::http;

namespace {

Environment environment(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

Attempt attempt(Fault fault) {
  Attempt attempt;
  attempt.method = "GET";
  attempt.url = "https://host/x";
  attempt.server = "host:443";
  attempt.trust = "/etc/roots.pem";
  attempt.fault = fault;
  attempt.elapsed = std::chrono::milliseconds(10'000);
  return attempt;
}

struct Collected {
  std::vector<std::string> lines;
  std::string enough_at;
  LineSink sink() {
    return [this](std::string_view line) -> Result<Flow> {
      lines.emplace_back(line);
      return line == enough_at && !enough_at.empty() ? Flow::enough : Flow::go_on;
    };
  }
};

}  // namespace

TEST_CASE("header names are the same in any case, and every value is kept") {
  Headers headers{
      {"WWW-Authenticate", "Bearer"}, {"www-authenticate", "Basic"}, {"Content-Type", "a"}};
  CHECK(headers.text("WWW-AUTHENTICATE") == "Bearer");
  CHECK(headers.all("www-Authenticate") == std::vector<std::string_view>{"Bearer", "Basic"});
  CHECK(headers.find("content-length") == nullptr);
  headers.set("CONTENT-TYPE", "b");
  CHECK(headers.all("content-type") == std::vector<std::string_view>{"b"});
  headers.remove("www-authenticate");
  CHECK(headers.size() == 1);
}

TEST_CASE("a header that would break its line cannot be sent") {
  CHECK(sendable({"X-Name", "value \xc3\xa4\t1"}));
  CHECK(sendable({"X-Name", ""}));
  CHECK_FALSE(sendable({"X-Name", "a\r\nX-Evil: 1"}));
  CHECK_FALSE(sendable({"X-Name", std::string("a\0b", 3)}));
  CHECK_FALSE(sendable({"X Name", "a"}));
  CHECK_FALSE(sendable({"X:Name", "a"}));
  CHECK_FALSE(sendable({"", "a"}));
}

TEST_CASE("a stream is cut into the same lines however its bytes arrive") {
  const std::string stream = "one\r\n\ntwo\nthree";
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    Collected collected;
    Lines lines(collected.sink(), 100);
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      REQUIRE(lines.feed(std::string_view(stream).substr(at, piece)).has_value());
    }
    REQUIRE(lines.finish().has_value());
    CHECK(collected.lines == std::vector<std::string>{"one", "", "two", "three"});
  }
}

TEST_CASE("a line may be as long as allowed and no byte longer") {
  Collected collected;
  Lines lines(collected.sink(), 4);
  CHECK(lines.feed("1234\r\n").has_value());
  CHECK(lines.feed("1234").has_value());
  CHECK(lines.feed("\r\n").has_value());
  const auto refused = lines.feed("12345\n");
  REQUIRE_FALSE(refused.has_value());
  CHECK_THAT(refused.error().message, ContainsSubstring("longer than 4 bytes"));

  Lines endless(collected.sink(), 4);
  CHECK_FALSE(endless.feed("123456").has_value());
}

TEST_CASE("no line is delivered after enough") {
  Collected collected;
  collected.enough_at = "b";
  Lines lines(collected.sink(), 100);
  CHECK(lines.feed("a\nb\nc\n").value() == Flow::enough);
  CHECK(collected.lines == std::vector<std::string>{"a", "b"});
}

TEST_CASE("proxies come from the environment, lower case first") {
  const auto proxies = choose_proxies("", environment({{"http_proxy", "http://low:1"},
                                                       {"HTTP_PROXY", "http://up:1"},
                                                       {"HTTPS_PROXY", "http://tls:1"},
                                                       {"NO_PROXY", ".svc,10.0.0.0/8"}}));
  CHECK(proxies.http == "http://low:1");
  CHECK(proxies.https == "http://tls:1");
  CHECK(proxies.except == ".svc,10.0.0.0/8");
}

TEST_CASE("a CGI request cannot choose our proxy") {
  CHECK(choose_proxies("", environment({{"HTTP_PROXY", "http://evil:1"}})).http == "http://evil:1");
  CHECK(
      choose_proxies("", environment({{"HTTP_PROXY", "http://evil:1"}, {"REQUEST_METHOD", "GET"}}))
          .http.empty());
}

TEST_CASE("the proxy setting wins over the environment, and none means none") {
  const auto set = environment({{"https_proxy", "http://env:1"}, {"no_proxy", "host"}});
  CHECK(choose_proxies("http://mine:2", set).https == "http://mine:2");
  CHECK(choose_proxies("http://mine:2", set).except == "host");
  CHECK(choose_proxies("none", set).https.empty());
  CHECK(choose_proxies("", environment({{"ALL_PROXY", "http://all:1"}})).https == "http://all:1");
}

TEST_CASE("SSL_CERT_FILE replaces the system's authorities, ca_file joins them") {
  const auto debian = [](const std::string& path) {
    return path == "/etc/ssl/certs/ca-certificates.crt";
  };
  const auto files = choose_trust({"/mine.pem", true}, environment({}), debian);
  CHECK(files.system == "/etc/ssl/certs/ca-certificates.crt");
  CHECK(files.ca_file == "/mine.pem");
  CHECK(choose_trust({}, environment({{"SSL_CERT_FILE", "/other.pem"}}), debian).system ==
        "/other.pem");
  CHECK(choose_trust({"/mine.pem", false}, environment({{"SSL_CERT_FILE", "/other.pem"}}), debian)
            .system.empty());
}

TEST_CASE("a wish for trust that cannot be met is a failure that names the file") {
  const auto missing = Trust::load({"/nowhere/ca.pem", "", false});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().kind == Failure::Kind::usage);
  CHECK_THAT(missing.error().message,
             ContainsSubstring("ca_file") && ContainsSubstring("/nowhere/ca.pem"));
  const auto by_environment = Trust::load({"", "/nowhere/ca.pem", true});
  REQUIRE_FALSE(by_environment.has_value());
  CHECK_THAT(by_environment.error().message, ContainsSubstring("SSL_CERT_FILE"));

  const auto none = Trust::load({"", "", false});
  REQUIRE_FALSE(none.has_value());
  CHECK_THAT(none.error().message, ContainsSubstring("ca_file"));
}

TEST_CASE("the phase of a failure follows from what had happened") {
  CHECK(phase_of({}, true) == Phase::resolving);
  CHECK(phase_of({1, 0, 0, 0, 0}, true) == Phase::connecting);
  CHECK(phase_of({1, 2, 0, 0, 0}, true) == Phase::securing);
  CHECK(phase_of({1, 2, 3, 0, 0}, true) == Phase::sending);
  CHECK(phase_of({1, 2, 3, 4, 0}, true) == Phase::waiting);
  CHECK(phase_of({1, 2, 3, 4, 5}, true) == Phase::receiving);
}

TEST_CASE("each certificate problem says what to do") {
  Attempt problem = attempt(Fault::certificate);
  problem.verify_code = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  CHECK_THAT(describe(problem),
             ContainsSubstring("ca_file") && ContainsSubstring("/etc/roots.pem"));
  problem.verify_code = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
  CHECK_THAT(describe(problem), ContainsSubstring("self-signed") && ContainsSubstring("ca_file"));
  problem.verify_code = X509_V_ERR_CERT_HAS_EXPIRED;
  CHECK_THAT(describe(problem), ContainsSubstring("expired") && !ContainsSubstring("ca_file"));
  problem.verify_code = X509_V_OK;
  CHECK_THAT(describe(problem), ContainsSubstring("another host name"));
}

TEST_CASE("a time-out names its phase and how long it took") {
  Attempt late = attempt(Fault::timeout);
  late.phase = Phase::waiting;
  CHECK_THAT(describe(late), ContainsSubstring("GET https://host/x") && ContainsSubstring("10s") &&
                                 ContainsSubstring("waiting for the answer"));
}

TEST_CASE("a failed connection names who did not answer: the server, or the proxy before it") {
  Attempt refused = attempt(Fault::connect);
  refused.os_error = ECONNREFUSED;
  CHECK_THAT(describe(refused), ContainsSubstring("refused by host:443"));
  refused.proxy = "http://proxy:3128";
  CHECK_THAT(describe(refused), ContainsSubstring("refused by http://proxy:3128"));
}
