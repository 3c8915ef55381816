#include "common/http/client.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

#include <curl/curl.h>

#include "common/crypto/start.hpp"
#include "common/http/call.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {

namespace {

constexpr long kConnectionsPerHost = 8;

bool start_libraries() {
  static const bool started =
      crypto::start_openssl() && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

struct CloseMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

Failure interrupted() {
  return {Failure::Kind::unknown, "interrupted by a signal"};
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

class Client::Core {
 public:
  Core(ClientOptions options, const time::Clock& clock, int interrupt_fd);
  void all(std::span<const Request> requests, std::size_t parallel, const Finished& finished);

 private:
  using Moment = Call::Moment;

  // A call that is not done, and the index of its request.
  struct Open {
    std::size_t index;
    Call call;
  };

  // One run of all(): its calls leave the multi handle when it ends, however it ends.
  struct Run {
    Run(Core& owner, const Finished& to_tell) : core(owner), finished(to_tell) {
      core.running_ = true;
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run();
    void tell(std::size_t index, Result<Response> result);

    Core& core;
    const Finished& finished;
    std::vector<std::unique_ptr<Open>> open;
    bool enough = false;
  };

  void add(Run& run, std::span<const Request> requests, std::size_t index);
  void start_due(Run& run);
  void start(Run& run, Open& open);
  void collect(Run& run);
  void finish(Run& run, Open& open, CURLcode code);
  void close(Run& run, const Open& open, Result<Response> result);
  bool wait(const Run& run);
  Result<> prepare_trust();

  ClientOptions options_;
  const time::Clock& clock_;
  int interrupt_fd_;
  Wiring wiring_;
  std::optional<Trust> trust_;
  std::minstd_rand dice_;
  bool running_ = false;
  std::unique_ptr<CURLM, CloseMulti> multi_;
};

Client::Core::Core(ClientOptions options, const time::Clock& clock, int interrupt_fd)
    : options_(std::move(options)),
      clock_(clock),
      interrupt_fd_(interrupt_fd),
      dice_(std::random_device()()),
      multi_(start_libraries() ? curl_multi_init() : nullptr) {
  wiring_.user_agent = options_.user_agent;
  wiring_.connect_timeout = options_.connect_timeout;
  wiring_.proxies = choose_proxies(options_.proxy, options_.environment);
  wiring_.insecure = options_.insecure;
  if (options_.insecure) {
    log::warning("insecure is set: anybody on the way can read and change what is sent over https");
  }
  if (multi_) {
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
  }
}

Client::Core::Run::~Run() {
  for (const auto& left : open) {
    if (Transfer* transfer = left->call.transfer()) {
      curl_multi_remove_handle(core.multi_.get(), transfer->handle());
    }
  }
  core.running_ = false;
}

void Client::Core::Run::tell(std::size_t index, Result<Response> result) {
  if (!enough) enough = finished(index, std::move(result)) == Flow::enough;
}

// Parsed when the first https request comes: a program that asks nobody pays nothing.
Result<> Client::Core::prepare_trust() {
  if (options_.insecure || trust_) return {};
  auto trust = Trust::load(choose_trust(options_.trust, options_.environment, file_exists));
  if (!trust) return forward(trust.error());
  trust_ = std::move(*trust);
  wiring_.trust = &*trust_;
  return {};
}

void Client::Core::add(Run& run, std::span<const Request> requests, std::size_t index) {
  auto call = Call::begin(requests[index]);
  if (!call) {
    run.tell(index, forward(call.error()));
  } else {
    run.open.push_back(std::make_unique<Open>(Open{index, std::move(*call)}));
  }
}

void Client::Core::start(Run& run, Open& open) {
  if (open.call.url().scheme == "https") {
    if (auto ready = prepare_trust(); !ready) return close(run, open, forward(ready.error()));
  }
  auto transfer = open.call.start(wiring_, clock_.uptime());
  if (!transfer) return close(run, open, forward(transfer.error()));
  CURL* handle = (*transfer)->handle();
  if (!(*transfer)->ready()) return finish(run, open, CURLE_FAILED_INIT);
  curl_easy_setopt(handle, CURLOPT_PRIVATE, static_cast<void*>(&open));
  if (curl_multi_add_handle(multi_.get(), handle) != CURLM_OK) {
    open.call.drop_transfer();
    close(run, open, unknown("libcurl has no room for another request"));
  }
}

void Client::Core::start_due(Run& run) {
  const Moment now = std::chrono::steady_clock::now();
  std::vector<Open*> due;
  for (const auto& open : run.open) {
    if (open->call.transfer() == nullptr && open->call.due <= now) due.push_back(open.get());
  }
  for (Open* open : due) start(run, *open);
}

void Client::Core::close(Run& run, const Open& open, Result<Response> result) {
  const std::size_t index = open.index;
  std::erase_if(run.open, [&](const auto& other) { return other.get() == &open; });
  run.tell(index, std::move(result));
}

void Client::Core::finish(Run& run, Open& open, CURLcode code) {
  const double dice = std::uniform_real_distribution<double>(0, 1)(dice_);
  auto step = open.call.finish(code, options_.retry, clock_.uptime(), dice);
  if (const auto* again = std::get_if<Call::Again>(&step)) {
    open.call.due = std::chrono::steady_clock::now() + again->pause;
  } else {
    close(run, open, std::move(std::get<Result<Response>>(step)));
  }
}

void Client::Core::collect(Run& run) {
  int queued = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    CURL* handle = message->easy_handle;
    void* open = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &open);
    curl_multi_remove_handle(multi_.get(), handle);  // `message` is gone from here on
    finish(run, *static_cast<Open*>(open), code);
  }
}

// Until something happens or the next pause ends. False when a signal asks the program to end.
bool Client::Core::wait(const Run& run) {
  auto longest = milliseconds(1000);
  const Moment now = std::chrono::steady_clock::now();
  for (const auto& open : run.open) {
    if (open->call.transfer() != nullptr) continue;
    const auto pause = std::chrono::ceil<milliseconds>(open->call.due - now);
    longest = std::clamp(pause, milliseconds(0), longest);
  }
  curl_waitfd interrupt{interrupt_fd_, CURL_WAIT_POLLIN, 0};
  const unsigned extra = interrupt_fd_ >= 0 ? 1 : 0;
  curl_multi_poll(multi_.get(), &interrupt, extra, static_cast<int>(longest.count()), nullptr);
  return interrupt.revents == 0;
}

void Client::Core::all(std::span<const Request> requests, std::size_t parallel,
                       const Finished& finished) {
  // Two runs on one multi handle would take each other's transfers.
  if (running_) throw std::logic_error("a client was used from inside one of its own callbacks");
  Run run(*this, finished);
  std::size_t next = 0;
  bool going_on = multi_ != nullptr;
  while (going_on && !run.enough && (next < requests.size() || !run.open.empty())) {
    while (next < requests.size() && run.open.size() < std::max<std::size_t>(parallel, 1)) {
      add(run, requests, next++);
    }
    start_due(run);
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    collect(run);
    if (!run.open.empty() && !run.enough) going_on = wait(run);
  }
  if (going_on || run.enough) return;
  const Failure failure =
      multi_ ? interrupted() : Failure{Failure::Kind::unknown, "libcurl does not start"};
  while (!run.open.empty()) {
    // Out of libcurl's hands before the caller is told and the call ends.
    Open& open = *run.open.front();
    if (Transfer* transfer = open.call.transfer()) {
      curl_multi_remove_handle(multi_.get(), transfer->handle());
      open.call.drop_transfer();
    }
    close(run, open, forward(failure));
  }
  for (; next < requests.size(); ++next) run.tell(next, forward(failure));
}

Client::Client(ClientOptions options, const time::Clock& clock, int interrupt_fd)
    : core_(std::make_unique<Core>(std::move(options), clock, interrupt_fd)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

void Client::all(std::span<const Request> requests, std::size_t parallel,
                 const Finished& finished) {
  core_->all(requests, parallel, finished);
}

Result<Response> Client::send(const Request& request) {
  Result<Response> answer = unknown("no answer");
  core_->all({&request, 1}, 1, [&](std::size_t, Result<Response> result) {
    answer = std::move(result);
    return Flow::go_on;
  });
  return answer;
}

}  // namespace stagegate::http
