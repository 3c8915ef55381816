#include "plugins/gitea-mirror/ssh/dial.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <curl/curl.h>
#include <fcntl.h>

#include "common/crypto/start.hpp"
#include "common/text/text.hpp"

namespace stagegate::mirror {

using text::cat;
using time::milliseconds;

class Connected::Handles {
 public:
  Handles() : multi_(curl_multi_init()), easy_(curl_easy_init()) {}
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    if (multi_ != nullptr && easy_ != nullptr) curl_multi_remove_handle(multi_, easy_);
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }

  CURLM* multi() const { return multi_; }
  CURL* easy() const { return easy_; }
  bool set_up(const std::string& url, milliseconds limit);
  std::string trouble(CURLcode code) const {
    return detail_[0] != '\0' ? detail_.data() : curl_easy_strerror(code);
  }

 private:
  CURLM* multi_;
  CURL* easy_;
  std::array<char, CURL_ERROR_SIZE> detail_{};
};

bool Connected::Handles::set_up(const std::string& url, milliseconds limit) {
  if (multi_ == nullptr || easy_ == nullptr) return false;
  bool fine = true;
  const auto set = [&](CURLoption option, auto value) {
    fine = fine && curl_easy_setopt(easy_, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http");  // of which no byte is spoken
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_PROXY, "");  // whatever the environment says: that is about HTTP
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max(limit.count(), milliseconds::rep{1})));
  set(CURLOPT_ERRORBUFFER, detail_.data());
  return fine && curl_multi_add_handle(multi_, easy_) == CURLM_OK;
}

Connected::Connected(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
Connected::Connected(Connected&&) noexcept = default;
Connected& Connected::operator=(Connected&&) noexcept = default;
Connected::~Connected() = default;

int Connected::duplicate() const {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(handles_->easy(), CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK) return -1;
  return fcntl(socket, F_DUPFD_CLOEXEC, 0);
}

Result<Connected> dial(const std::string& host, std::uint16_t port, const time::Clock& clock,
                       milliseconds until, int interrupt_fd) {
  static const bool started =
      crypto::start_openssl() && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  auto handles = std::make_unique<Connected::Handles>();
  const bool six = host.find(':') != std::string::npos;
  const std::string url = six ? cat("http://[", host, "]:", port) : cat("http://", host, ':', port);
  if (!started || !handles->set_up(url, until - clock.uptime())) {
    return unknown("libcurl does not start");
  }
  for (int running = 1; running > 0;) {
    if (curl_multi_perform(handles->multi(), &running) != CURLM_OK) break;
    if (running == 0) break;
    const milliseconds left = until - clock.uptime();
    // libcurl's own time-out comes first, with better words; this is for when it does not.
    if (left < milliseconds(-1000)) return unknown("no answer in time");
    const auto wait = std::clamp<milliseconds::rep>(left.count(), 1, 1000);
    curl_waitfd interrupt{interrupt_fd, CURL_WAIT_POLLIN, 0};
    curl_multi_poll(handles->multi(), &interrupt, interrupt_fd >= 0 ? 1 : 0, static_cast<int>(wait),
                    nullptr);
    if (interrupt.revents != 0) return unknown("interrupted by a signal");
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(handles->multi(), &left);
  if (message == nullptr) return unknown("libcurl gave up");
  if (message->data.result != CURLE_OK) return unknown(handles->trouble(message->data.result));
  return Connected(std::move(handles));
}

}  // namespace stagegate::mirror
