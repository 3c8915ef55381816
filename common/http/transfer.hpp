// One attempt of one request, on one libcurl handle. Internal to the client.
#pragma once

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "common/http/client_request.hpp"
#include "common/http/fault.hpp"
#include "common/http/lines.hpp"
#include "common/http/proxy.hpp"
#include "common/http/redirect.hpp"
#include "common/http/trust.hpp"

namespace stagegate::http {

// What all transfers of a client have in common.
struct Wiring {
  std::string user_agent;
  milliseconds connect_timeout{0};
  Proxies proxies;
  bool insecure = false;
  const Trust* trust = nullptr;  // set before the first https transfer that is not insecure
};

// What this attempt is to do. After a redirect it differs from what the request says.
struct Plan {
  const Request* request;
  Asked asked;
  bool trusted = true;  // credentials may go there
  bool http1 = false;
  milliseconds timeout{0};
};

struct Ending {
  Attempt attempt;  // with Fault::none when `response` is whole
  Response response;
  std::optional<Failure> from_caller;  // a sink or a source has failed
  bool answer_begun = false;           // a sink has been given bytes
  bool body_begun = false;             // a source has been read from
};

class Transfer {
 public:
  Transfer(const Wiring& wiring, Plan plan);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return curl_.get(); }
  // False when libcurl refused to be set up: then finish() says why, and there is nothing to run.
  bool ready() const { return set_up_ == CURLE_OK; }
  // Once, when libcurl is done with the handle. Rethrows what a sink or a source has thrown.
  Ending finish(CURLcode code);

 private:
  struct CloseEasy {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  void set_connection(const Wiring& wiring);
  void set_tls(const Wiring& wiring);
  void set_method_and_body();
  void set_headers(const Wiring& wiring);
  void set_credential();
  template <class Value>
  void set(CURLoption option, Value value);

  bool streams() const { return plan_.request->on_bytes || plan_.request->on_line; }
  bool receive(std::string_view bytes);
  bool deliver(std::string_view bytes);
  bool take(Result<Flow> flow);
  std::size_t send(std::span<char> into);
  bool rewind();
  void note_header_line(std::string_view line);
  Fault fault_of(CURLcode code) const;
  Fault flaw_of_answer() const;
  Attempt describe_attempt(CURLcode code) const;
  long number(CURLINFO what) const;
  curl_off_t big_number(CURLINFO what) const;
  void read_response();

  static int on_progress(void* self, curl_off_t to_come, curl_off_t came, curl_off_t to_go,
                         curl_off_t gone);
  static std::size_t on_body(char* bytes, std::size_t one, std::size_t size, void* self);
  static std::size_t on_header(char* bytes, std::size_t one, std::size_t size, void* self);
  static std::size_t on_read(char* into, std::size_t one, std::size_t size, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static CURLcode on_tls_context(CURL* curl, void* context, void* trust);

  Plan plan_;
  std::string trust_words_;
  std::string proxy_;  // as shown
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
  CURLcode set_up_ = CURLE_OK;  // the first option that libcurl refused

  std::optional<Lines> lines_;
  Response response_;
  std::optional<Failure> from_caller_;
  std::exception_ptr thrown_;
  curl_off_t moved_ = 0;  // bytes of bodies, in both directions
  std::chrono::steady_clock::time_point moved_at_ = std::chrono::steady_clock::now();
  bool stalled_ = false;
  bool header_complete_ = false;  // its empty line has come
  bool enough_ = false;
  bool too_long_ = false;
  bool answer_begun_ = false;
  bool body_begun_ = false;
  std::unique_ptr<CURL, CloseEasy> curl_;  // the last, so that it ends before what it points to
};

}  // namespace stagegate::http
