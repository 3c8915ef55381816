// The only file that knows libssh.
#include "plugins/gitea-mirror/ssh/session.hpp"

#include <algorithm>
#include <utility>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <poll.h>

#include "common/crypto/encoding.hpp"
#include "common/crypto/start.hpp"
#include "common/text/text.hpp"
#include "plugins/gitea-mirror/ssh/dial.hpp"
#include "plugins/gitea-mirror/ssh/ed25519_key.hpp"
#include "plugins/gitea-mirror/ssh/host_keys.hpp"
#include "plugins/gitea-mirror/ssh/private_key.hpp"

namespace stagegate::mirror {

using text::cat;
using time::milliseconds;

namespace {

constexpr std::size_t kMostWritten = std::size_t{64} << 10;  // in one call
constexpr std::size_t kMostRead = std::size_t{256} << 10;
constexpr std::size_t kMostErrors = 4096;  // of what a command writes to stderr, the last ones

struct FreeSession {
  void operator()(ssh_session session) const { ssh_free(session); }
};
struct FreeKey {
  void operator()(ssh_key key) const { ssh_key_free(key); }  // overwrites it
};
struct FreeEvent {
  void operator()(ssh_event event) const { ssh_event_free(event); }
};
using Session = std::unique_ptr<ssh_session_struct, FreeSession>;
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;
using Event = std::unique_ptr<ssh_event_struct, FreeEvent>;

Failure interrupted() {
  return {Failure::Kind::unknown, "interrupted by a signal"};
}

Result<std::string> blob_of(ssh_key key) {
  char* base64 = nullptr;
  if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) return unknown("libssh: no public key");
  auto blob = crypto::parse_base64(base64);
  ssh_string_free_char(base64);
  if (!blob) return unknown("libssh: no public key");
  return *std::move(blob);
}

Result<Key> read_key(const SshKey& given) {
  if (!crypto::start_openssl()) return unknown("OpenSSL does not start");
  auto text = mend_private_key(given.setting, given.text.reveal());
  if (!text) return forward(std::move(text.error()));
  if (text->encrypted && given.passphrase.empty()) {
    return usage(
        cat(given.setting, ": is encrypted, and ", given.setting, "_passphrase is missing"));
  }
  const std::string& passphrase = given.passphrase.reveal();
  const auto other_form = openssh_form(text->pem.text(), passphrase);
  const Wiped& form = other_form ? *other_form : text->pem;
  ssh_key key = nullptr;
  // With a passphrase in any case: without, OpenSSL asks a terminal for one.
  if (ssh_pki_import_privkey_base64(form.text().c_str(), passphrase.c_str(), nullptr, nullptr,
                                    &key) == SSH_OK) {
    return Key(key);
  }
  if (text->encrypted) {
    return usage(cat(given.setting, ": cannot be decrypted: ", given.setting,
                     "_passphrase is not its passphrase, or it is damaged"));
  }
  return usage(cat(given.setting, ": not a private key, or one that is damaged or of a kind that",
                   " cannot be used (is the secret's newline/quoting intact? ssh-keygen -t ed25519",
                   " makes one that can)"));
}

Result<std::string> fingerprint_of(const Key& key) {
  auto blob = blob_of(key.get());
  if (!blob) return forward(std::move(blob.error()));
  return host_key_of(*blob).fingerprint;
}

// "kex error : no match for method server host key algo: server [a,b], client [c]": what the server
// has; empty when that is not what went wrong.
std::string other_host_keys(std::string_view error) {
  if (error.find("no match for method server host key") == std::string_view::npos) return {};
  const std::size_t from = error.find('[');
  const std::size_t end = error.find(']');
  if (from == std::string_view::npos || end == std::string_view::npos) return "others";
  return std::string(error.substr(from + 1, end - from - 1));
}

}  // namespace

class SshSession::Core {
 public:
  Core(SshAddress address, SshLimits limits, const time::Clock& clock, int interrupt_fd)
      : address_(std::move(address)),
        where_(address_.where()),
        limits_(limits),
        clock_(clock),
        interrupt_fd_(interrupt_fd) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() { hang_up(); }

  Result<> connect(const PinnedKeys& pinned, const Key& key);

  ssh_session session() const { return session_.get(); }
  const SshAddress& address() const { return address_; }
  const std::string& where() const { return where_; }
  std::string error() const { return ssh_get_error(session_.get()); }
  // Bytes that the system has not taken yet.
  bool unsent() const { return (ssh_get_poll_flags(session()) & SSH_WRITE_PENDING) != 0; }
  void note_moved(std::size_t bytes) {
    moved_ += bytes;
    moved_at_ = clock_.uptime();
  }
  void begin_exchange() { note_moved(0); }
  Failure lost() const { return connection_lost(where_, moved_, error()); }

  // Until there is something to do, or as long as a command may be quiet.
  Result<> wait_for_bytes() { return wait(moved_at_ + limits_.quiet, &Core::too_quiet); }
  // Lets libssh do what there is to do, without waiting. False when the connection is lost.
  bool move() { return ssh_event_dopoll(event_.get(), 0) != SSH_ERROR && !failed(); }
  bool failed() const { return (ssh_get_status(session()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0; }
  // Repeats a call of libssh until it has an answer. Its deadline is that of a new exchange.
  template <class Call>
  Result<int> answer_of(int again, Call call) {
    begin_exchange();
    return repeat(again, call, moved_at_ + limits_.quiet, &Core::too_quiet);
  }

 private:
  using Late = Failure (Core::*)() const;
  Failure too_quiet() const { return quiet_too_long(where_, limits_.quiet); }
  Failure too_slow() const {
    return not_connected(where_, cat("no answer within ", limits_.connect.count() / 1000, " s"),
                         true);
  }

  template <class Call>
  Result<int> repeat(int again, Call call, milliseconds until, Late late) {
    for (;;) {
      const int answer = call();
      if (answer != again) return answer;
      if (auto waited = wait(until, late); !waited) return forward(std::move(waited.error()));
    }
  }
  Result<> wait(milliseconds until, Late late);
  void keep_alive();
  bool set_options(int socket, const std::string& types);
  Result<HostKey> meet(const std::string& types, milliseconds until);
  Result<> log_in(const Key& key, milliseconds until);
  void hang_up();

  SshAddress address_;
  std::string where_;
  SshLimits limits_;
  const time::Clock& clock_;
  int interrupt_fd_;
  std::optional<Connected> line_;  // ends after the session that uses it
  Session session_;
  Event event_;
  std::string offered_;  // types of host keys that the server has, when none was asked for
  bool logged_in_ = false;
  std::uint64_t moved_ = 0;
  milliseconds moved_at_{0};
  milliseconds sent_at_{0};
};

Result<> SshSession::Core::wait(milliseconds until, Late late) {
  const milliseconds now = clock_.uptime();
  if (limits_.deadline && now >= *limits_.deadline) {
    return fail(Failure::Kind::deadline, cat(where_, ": the deadline has passed"));
  }
  if (now >= until) return forward((this->*late)());
  keep_alive();
  milliseconds wake = until;
  if (limits_.deadline) wake = std::min(wake, *limits_.deadline);
  if (logged_in_) wake = std::min(wake, sent_at_ + limits_.keepalive);
  // Not for longer: the time that the machine is suspended for does not count for poll().
  const auto length =
      std::clamp((wake - now).count(), milliseconds::rep{1}, milliseconds::rep{5000});
  const short events = static_cast<short>(unsent() ? POLLIN | POLLOUT : POLLIN);
  pollfd fds[] = {{ssh_get_fd(session()), events, 0}, {interrupt_fd_, POLLIN, 0}};
  poll(fds, 2, static_cast<int>(length));
  if (fds[1].revents != 0) return forward(interrupted());
  return {};
}

void SshSession::Core::keep_alive() {
  if (!logged_in_ || clock_.uptime() < sent_at_ + limits_.keepalive) return;
  // A message that asks for no answer: what counts is that something passes.
  if (!unsent()) ssh_send_ignore(session(), "");
  sent_at_ = clock_.uptime();
}

bool SshSession::Core::set_options(int socket, const std::string& types) {
  const auto set = [&](ssh_options_e option, const void* value) {
    return ssh_options_set(session(), option, value) == SSH_OK;
  };
  const int no = 0;
  const int yes = 1;
  // The directories and the user are named so that libssh does not look for this machine's.
  return set(SSH_OPTIONS_PROCESS_CONFIG, &no) && set(SSH_OPTIONS_SSH_DIR, "/dev/null") &&
         set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null") &&
         set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") &&
         set(SSH_OPTIONS_HOST, address_.host.c_str()) &&
         set(SSH_OPTIONS_USER, address_.user.c_str()) && set(SSH_OPTIONS_FD, &socket) &&
         set(SSH_OPTIONS_NODELAY, &yes) && set(SSH_OPTIONS_HOSTKEYS, types.c_str());
}

// Connects as far as the host's key.
Result<HostKey> SshSession::Core::meet(const std::string& types, milliseconds until) {
  hang_up();
  auto line = dial(address_.host, address_.port, clock_, until, interrupt_fd_);
  if (!line) {
    const bool signal = line.error().message == interrupted().message;
    return forward(signal ? interrupted() : not_connected(where_, line.error().message, true));
  }
  line_ = *std::move(line);
  session_.reset(ssh_new());
  const int socket = line_->duplicate();
  if (!session_ || socket < 0 || !set_options(socket, types)) {
    return unknown(cat("libssh cannot be set up", session_ ? cat(": ", error()) : ""));
  }
  ssh_set_blocking(session(), 0);
  const auto done = repeat(
      SSH_AGAIN, [&] { return ssh_connect(session()); }, until, &Core::too_slow);
  if (!done) return forward(done.error());
  if (*done != SSH_OK) {
    offered_ = other_host_keys(error());
    return forward(not_connected(where_, error(), offered_.empty()));
  }
  ssh_key key = nullptr;
  if (ssh_get_server_publickey(session(), &key) != SSH_OK) return forward(lost());
  auto blob = blob_of(Key(key).get());
  if (!blob) return forward(std::move(blob.error()));
  return host_key_of(*blob);
}

Result<> SshSession::Core::connect(const PinnedKeys& pinned, const Key& key) {
  const milliseconds until = clock_.uptime() + limits_.connect;
  std::optional<HostKey> seen;
  for (const std::string& types : pinned.askings()) {
    offered_.clear();
    auto shown = meet(types, until);
    if (!shown && offered_.empty()) return forward(std::move(shown.error()));
    if (!shown) continue;
    if (acquaintance(pinned, *shown) == Acquaintance::known) return log_in(key, until);
    if (!seen) seen = *std::move(shown);
  }
  hang_up();
  if (seen) return forward(stranger(where_, pinned, *seen));
  return forward(no_pinned_type(where_, pinned, offered_));
}

Result<> SshSession::Core::log_in(const Key& key, milliseconds until) {
  const auto answer = repeat(
      SSH_AUTH_AGAIN, [&] { return ssh_userauth_publickey(session(), nullptr, key.get()); }, until,
      &Core::too_slow);
  if (!answer) return forward(answer.error());
  if (*answer != SSH_AUTH_SUCCESS) {
    if (failed()) return forward(not_connected(where_, error(), true));
    const auto fingerprint = fingerprint_of(key);
    return forward(key_refused(where_, address_.user, fingerprint ? *fingerprint : ""));
  }
  event_.reset(ssh_event_new());
  if (!event_ || ssh_event_add_session(event_.get(), session()) != SSH_OK) {
    event_.reset();
    return unknown("libssh cannot be set up");
  }
  logged_in_ = true;
  sent_at_ = clock_.uptime();
  return {};
}

void SshSession::Core::hang_up() {
  logged_in_ = false;
  if (event_) ssh_event_remove_session(event_.get(), session());
  event_.reset();
  if (session_) ssh_disconnect(session());
  session_.reset();
  line_.reset();
}

class SshExec::Channel {
 public:
  explicit Channel(SshSession::Core& core)
      : core_(core), channel_(ssh_channel_new(core.session())) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    if (channel_ == nullptr) return;
    ssh_remove_channel_callbacks(channel_, &callbacks_);
    ssh_channel_free(channel_);
  }

  Result<> start(const std::string& command, const SshSession::Variables& variables);
  Result<std::size_t> read(std::span<char> into);
  Result<bool> write(std::string_view bytes);
  Result<> close_input();
  Result<RemoteEnding> finish();

 private:
  template <class Call>
  Result<int> answer_of(Call call) {
    return core_.answer_of(SSH_AGAIN, call);
  }
  int read_some(char* into, std::size_t size, bool from_errors);
  void read_errors();
  bool has_ended() const {
    return ending_.status || !ending_.signal.empty() || ssh_channel_is_closed(channel_) != 0;
  }

  static void on_status(ssh_session, ssh_channel, int status, void* self) {
    static_cast<Channel*>(self)->ending_.status = status;
  }
  static void on_signal(ssh_session, ssh_channel, const char* signal, int, const char*, const char*,
                        void* self) {
    static_cast<Channel*>(self)->ending_.signal = signal;
  }

  SshSession::Core& core_;
  ssh_channel channel_;
  ssh_channel_callbacks_struct callbacks_{};
  RemoteEnding ending_;
  bool input_closed_ = false;
};

Result<> SshExec::Channel::start(const std::string& command,
                                 const SshSession::Variables& variables) {
  if (channel_ == nullptr) return unknown("libssh cannot be set up");
  callbacks_.userdata = this;
  callbacks_.channel_exit_status_function = &Channel::on_status;
  callbacks_.channel_exit_signal_function = &Channel::on_signal;
  ssh_callbacks_init(&callbacks_);
  ssh_add_channel_callbacks(channel_, &callbacks_);
  const auto opened = answer_of([&] { return ssh_channel_open_session(channel_); });
  if (!opened) return forward(opened.error());
  if (*opened != SSH_OK) return forward(core_.lost());
  for (const auto& [name, value] : variables) {
    const char* const words[] = {name.c_str(), value.c_str()};
    const auto set =
        answer_of([&] { return ssh_channel_request_env(channel_, words[0], words[1]); });
    if (!set) return forward(set.error());
    if (core_.failed()) return forward(core_.lost());  // any other refusal is fine
  }
  const auto started =
      answer_of([&] { return ssh_channel_request_exec(channel_, command.c_str()); });
  if (!started) return forward(started.error());
  if (*started == SSH_OK) return {};
  if (core_.failed()) return forward(core_.lost());
  return unknown(cat(core_.where(), ": the server refuses to run ", command));
}

// What there is: more than 0; 0 when there is nothing yet; SSH_EOF and SSH_ERROR.
int SshExec::Channel::read_some(char* into, std::size_t size, bool from_errors) {
  const auto most = static_cast<std::uint32_t>(std::min(size, kMostRead));
  const int count = ssh_channel_read_nonblocking(channel_, into, most, from_errors ? 1 : 0);
  if (count > 0) core_.note_moved(static_cast<std::size_t>(count));
  return count == SSH_AGAIN ? 0 : count;
}

void SshExec::Channel::read_errors() {
  char piece[1024];
  for (;;) {
    const int count = read_some(piece, sizeof piece, true);
    if (count <= 0) return;
    std::string& errors = ending_.errors;
    errors.append(piece, static_cast<std::size_t>(count));
    if (errors.size() > kMostErrors) errors.erase(0, errors.size() - kMostErrors);
  }
}

Result<std::size_t> SshExec::Channel::read(std::span<char> into) {
  core_.begin_exchange();
  for (;;) {
    read_errors();
    const int count = read_some(into.data(), into.size(), false);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == SSH_EOF || ssh_channel_is_eof(channel_) != 0) return std::size_t{0};
    if (count != 0 || core_.failed()) return forward(core_.lost());
    if (auto waited = core_.wait_for_bytes(); !waited) return forward(std::move(waited.error()));
  }
}

Result<bool> SshExec::Channel::write(std::string_view bytes) {
  core_.begin_exchange();
  for (;;) {
    if (!core_.move()) return forward(core_.lost());
    if (has_ended()) return false;
    read_errors();
    // Not more than libssh has got rid of: it would keep all that the server's window allows.
    const bool may = !bytes.empty() && !core_.unsent();
    const int count =
        may ? ssh_channel_write(
                  channel_, bytes.data(),
                  static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), kMostWritten)))
            : 0;
    if (count > 0) {
      core_.note_moved(static_cast<std::size_t>(count));
      bytes.remove_prefix(static_cast<std::size_t>(count));
      if (bytes.empty()) return true;
      continue;
    }
    if (bytes.empty()) return true;
    if (count == SSH_ERROR) {
      if (core_.failed()) return forward(core_.lost());
      return false;
    }
    if (auto waited = core_.wait_for_bytes(); !waited) return forward(std::move(waited.error()));
  }
}

Result<> SshExec::Channel::close_input() {
  if (std::exchange(input_closed_, true)) return {};
  if (ssh_channel_send_eof(channel_) == SSH_ERROR && core_.failed()) return forward(core_.lost());
  return {};
}

Result<RemoteEnding> SshExec::Channel::finish() {
  if (auto closed = close_input(); !closed) return forward(std::move(closed.error()));
  core_.begin_exchange();
  std::vector<char> lost(kMostRead);
  for (;;) {
    const bool alive = core_.move();
    read_errors();
    while (read_some(lost.data(), lost.size(), false) > 0) {
    }
    // The status comes before the end of the channel, and with it the last of the errors.
    if (ssh_channel_is_closed(channel_) != 0 && !core_.failed()) return std::move(ending_);
    if (!alive) return forward(core_.lost());
    if (auto waited = core_.wait_for_bytes(); !waited) return forward(std::move(waited.error()));
  }
}

Result<std::string> fingerprint_of(const SshKey& key) {
  const auto read = read_key(key);
  if (!read) return forward(read.error());
  return fingerprint_of(*read);
}

SshSession::SshSession(std::unique_ptr<Core> core) : core_(std::move(core)) {}
SshSession::SshSession(SshSession&&) noexcept = default;
SshSession& SshSession::operator=(SshSession&&) noexcept = default;
SshSession::~SshSession() = default;

Result<SshSession> SshSession::connect(const SshAddress& address, std::string_view known_hosts,
                                       const SshKey& key, const SshLimits& limits,
                                       const time::Clock& clock, int interrupt_fd) {
  const auto read = read_key(key);
  if (!read) return forward(read.error());
  const auto pinned = pinned_keys(known_hosts, address.host, address.port);
  if (!pinned) return forward(pinned.error());
  auto core = std::make_unique<Core>(address, limits, clock, interrupt_fd);
  if (auto done = core->connect(*pinned, *read); !done) return forward(std::move(done.error()));
  return SshSession(std::move(core));
}

Result<SshExec> SshSession::run(const std::string& command, const Variables& variables) {
  auto channel = std::make_unique<SshExec::Channel>(*core_);
  if (auto started = channel->start(command, variables); !started) {
    return forward(std::move(started.error()));
  }
  return SshExec(std::move(channel));
}

SshExec::SshExec(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
SshExec::SshExec(SshExec&&) noexcept = default;
SshExec& SshExec::operator=(SshExec&&) noexcept = default;
SshExec::~SshExec() = default;

Result<std::size_t> SshExec::read(std::span<char> into) {
  return channel_->read(into);
}
Result<bool> SshExec::write(std::string_view bytes) {
  return channel_->write(bytes);
}
Result<> SshExec::close_input() {
  return channel_->close_input();
}
Result<RemoteEnding> SshExec::finish() {
  return channel_->finish();
}

}  // namespace stagegate::mirror
