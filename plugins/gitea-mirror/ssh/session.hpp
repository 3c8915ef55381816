// Git's programs on another machine, over SSH: connects to a host whose key is pinned, logs in with
// a key that is only in memory, runs a command, and moves its bytes. Nothing of the machine's own
// set-up for SSH is read (~/.ssh, /etc/ssh, agents), nothing is written. Every wait has a deadline,
// and ends when a signal asks the program to end.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result/result.hpp"
#include "common/settings/secret.hpp"
#include "common/time/clock.hpp"
#include "plugins/gitea-mirror/ssh/address.hpp"
#include "plugins/gitea-mirror/ssh/wording.hpp"

namespace stagegate::mirror {

struct SshKey {
  std::string setting = "ssh_key";  // what messages call it
  settings::Secret text;
  settings::Secret passphrase;
};

struct SshLimits {
  time::milliseconds connect = std::chrono::seconds(30);  // until logged in
  time::milliseconds quiet = std::chrono::minutes(10);    // without a byte of the command's
  // Something is sent when nothing else is: a host may be silent for long while it takes a large
  // push, and what stands between forgets connections that are.
  time::milliseconds keepalive = std::chrono::seconds(30);
  std::optional<time::milliseconds> deadline = {};  // of everything; uptime of the clock
};

// The fingerprint ("SHA256:...") of a private key's public half. Fails (usage) when it is no key,
// or its passphrase is missing or wrong: to be asked before anything is begun.
Result<std::string> fingerprint_of(const SshKey& key);

class SshExec;

class SshSession {
 public:
  // `clock` outlives the session. `interrupt_fd`: see common/step (-1: never).
  static Result<SshSession> connect(const SshAddress& address, std::string_view known_hosts,
                                    const SshKey& key, const SshLimits& limits,
                                    const time::Clock& clock, int interrupt_fd);
  SshSession(SshSession&&) noexcept;
  SshSession& operator=(SshSession&&) noexcept;
  ~SshSession();

  using Variables = std::vector<std::pair<std::string, std::string>>;
  // One command at a time; the session outlives it. A server may refuse variables: git then speaks
  // its protocol without them.
  Result<SshExec> run(const std::string& command, const Variables& variables = {});

 private:
  friend class SshExec;
  class Core;
  explicit SshSession(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

// A command that runs on the server.
class SshExec {
 public:
  SshExec(SshExec&&) noexcept;
  SshExec& operator=(SshExec&&) noexcept;
  ~SshExec();

  // Some bytes of what it writes to stdout, waiting for the first; 0 once there will be no more.
  Result<std::size_t> read(std::span<char> into);
  // All of the bytes to its stdin. False when it does not take them any more, because it has ended:
  // what it still had to say can be read.
  Result<bool> write(std::string_view bytes);
  // It gets to see the end of its input.
  Result<> close_input();
  // Waits for its end. What it has not been read of stdout is lost.
  Result<RemoteEnding> finish();

 private:
  friend class SshSession;
  class Channel;
  explicit SshExec(std::unique_ptr<Channel> channel);
  std::unique_ptr<Channel> channel_;
};

}  // namespace stagegate::mirror
