// Talks to an SSH server as gitea-mirror does, and prints what came of it as a line of JSON: the
// library, as a program that a test can run against a server of its own.
//
//   probe fingerprint KEY_FILE
//   probe run ADDRESS KNOWN_HOSTS_FILE KEY_FILE COMMAND          its output, all of it
//   probe advertise ADDRESS KNOWN_HOSTS_FILE KEY_FILE PROGRAM    up to its first flush-pkt, then
//   hangs up probe push ADDRESS KNOWN_HOSTS_FILE KEY_FILE REQUEST_FILE    the request after the
//   advertisement, then the rest
//
// In the environment: PASSPHRASE, PROTOCOL, CONNECT_MS, QUIET_MS, KEEPALIVE_MS, DEADLINE_MS.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/step/exit_code.hpp"
#include "common/step/interrupt.hpp"
#include "common/text/harmless.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "common/time/clock.hpp"
#include "plugins/gitea-mirror/ssh/session.hpp"

namespace {

using namespace stagegate;
using text::Json;

constexpr std::size_t kMostShown = 2000;

struct Output {
  std::string begin;  // what is shown of it
  std::int64_t size = 0;

  void add(std::string_view bytes) {
    size += static_cast<std::int64_t>(bytes.size());
    begin += bytes.substr(0, kMostShown - std::min(kMostShown, begin.size()));
  }
};

void print(const Json& json) {
  std::printf("%s\n", json.dump().c_str());
  std::fflush(stdout);
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

time::milliseconds length(const char* name, time::milliseconds otherwise) {
  const auto given = text::parse_int(variable(name));
  return given ? time::milliseconds(*given) : otherwise;
}

mirror::SshKey key(const std::string& path) {
  mirror::SshKey key;
  key.text = settings::Secret(content(path));
  key.passphrase = settings::Secret(variable("PASSPHRASE"));
  return key;
}

Result<> read_all(mirror::SshExec& exec, Output& output) {
  std::vector<char> buffer(64 * 1024);
  for (;;) {
    const auto count = exec.read(buffer);
    if (!count) return forward(count.error());
    if (*count == 0) return {};
    output.add({buffer.data(), *count});
  }
}

// Small repositories only: the flush-pkt ends what has come by then.
Result<> read_advertisement(mirror::SshExec& exec, Output& output) {
  std::vector<char> buffer(64 * 1024);
  std::string tail;
  while (!tail.ends_with("0000")) {
    const auto count = exec.read(buffer);
    if (!count) return forward(count.error());
    if (*count == 0) return {};
    output.add({buffer.data(), *count});
    tail.assign(buffer.data(), *count);
  }
  return {};
}

Result<bool> push_file(mirror::SshExec& exec, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> buffer(256 * 1024);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto count = static_cast<std::size_t>(file.gcount());
    auto written = exec.write({buffer.data(), count});
    if (!written || !*written) return written;
  }
  return true;
}

Result<Json> talk(const std::string& verb, mirror::SshSession& session, const std::string& path,
                  const std::string& what) {
  mirror::SshSession::Variables variables;
  if (!variable("PROTOCOL").empty()) variables.emplace_back("GIT_PROTOCOL", variable("PROTOCOL"));
  const std::string program = verb == "push" ? "git-receive-pack" : what;
  auto exec = session.run(verb == "run" ? what : mirror::git_command(program, path), variables);
  if (!exec) return forward(exec.error());
  Output output;
  Json result;
  if (verb != "run") {
    if (auto read = read_advertisement(*exec, output); !read) return forward(read.error());
    result.set("advertised", text::harmless_lines(output.begin));
    output = {};
  }
  if (verb == "push") {
    const auto taken = push_file(*exec, what);
    if (!taken) return forward(taken.error());
    result.set("taken", *taken);
  }
  if (verb != "run") {
    if (auto closed = exec->close_input(); !closed) return forward(closed.error());
  }
  if (auto read = read_all(*exec, output); !read) return forward(read.error());
  auto ending = exec->finish();
  if (!ending) return forward(ending.error());
  result.set("output", text::harmless_lines(output.begin)).set("size", output.size);
  result.set("errors", text::harmless_lines(ending->errors)).set("signal", ending->signal);
  if (ending->status) result.set("status", std::int64_t{*ending->status});
  if (ending->status != 0 && verb != "run") {
    result.set("why", mirror::ended_early("host", path, *ending).message);
  }
  return result;
}

Result<Json> act(const std::vector<std::string>& words, time::Clock& clock) {
  if (words.at(0) == "fingerprint") {
    const auto fingerprint = mirror::fingerprint_of(key(words.at(1)));
    if (!fingerprint) return forward(fingerprint.error());
    return Json().set("fingerprint", *fingerprint);
  }
  const auto address = mirror::parse_ssh_address(words.at(1));
  if (!address) return forward(address.error());
  mirror::SshLimits limits;
  limits.connect = length("CONNECT_MS", limits.connect);
  limits.quiet = length("QUIET_MS", limits.quiet);
  limits.keepalive = length("KEEPALIVE_MS", limits.keepalive);
  const auto deadline = length("DEADLINE_MS", time::milliseconds(0));
  if (deadline.count() > 0) limits.deadline = clock.uptime() + deadline;
  auto session = mirror::SshSession::connect(*address, content(words.at(2)), key(words.at(3)),
                                             limits, clock, step::interrupt_fd());
  if (!session) return forward(session.error());
  return talk(words.at(0), *session, address->path, words.at(4));
}

// Not getrusage(): that counts what the process was before it became this program.
Json peak(Json json) {
  constexpr std::string_view kName = "VmHWM:";
  const std::string status = content("/proc/self/status");
  for (const std::string_view line : text::split(status, '\n')) {
    if (!line.starts_with(kName) || !line.ends_with(" kB")) continue;
    const auto kib =
        text::parse_int(text::trim(line.substr(kName.size(), line.size() - kName.size() - 3)));
    if (kib) json.set("peak_kib", *kib);
  }
  return json;
}

}  // namespace

int main(int argc, char** argv) {
  step::catch_signals();
  time::SystemClock clock(step::interrupt_fd());
  const auto result = act({argv + 1, argv + argc}, clock);
  if (result) {
    print(peak(*result));
    return 0;
  }
  print(Json().set("failure", result.error().message).set("passing", result.error().passing));
  return static_cast<int>(step::exit_for(result.error().kind));
}
