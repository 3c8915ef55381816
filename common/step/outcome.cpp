#include "common/step/outcome.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/fs/file.hpp"
#include "common/log/log.hpp"
#include "common/text/characters.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::step {
namespace {

// Kubernetes keeps 4096 bytes of it.
constexpr std::size_t kTerminationBytes = 4000;
// For the last words of a program that hangs.
constexpr std::chrono::seconds kLastWords{3};

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  // Not in the middle of a character: Kubernetes keeps UTF-8 only.
  text.resize(text::cut_at_character(text, kTerminationBytes).size());
  return text;
}

// The file is made by the kubelet. It is a mount of its own that can be written but not replaced,
// and where it is missing nobody reads it, so it is not made either.
void write_termination_log(const std::string& path, const std::string& line) {
  if (path.empty()) return;
  const int fd = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return;
  if (::write(fd, line.data(), line.size()) < 0) {
    log::debug(text::cat("cannot write ", path, ": ", std::strerror(errno)));
  }
  ::close(fd);
}

bool print(const std::string& line) {
  if (line.empty()) return true;
  const bool written = std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
                       std::fputc('\n', stdout) != EOF;
  return std::fflush(stdout) == 0 && written;
}

// Masks inside the strings, so that the object stays JSON whatever the secret is.
text::Json redacted(const text::Json& value) {
  if (const auto* string = value.string()) return log::redact(*string);
  if (const auto* array = value.array()) {
    text::Json::Array out;
    for (const auto& item : *array) out.push_back(redacted(item));
    return out;
  }
  if (const auto* object = value.object()) {
    text::Json::Object out;
    for (const auto& [key, member] : *object) out.emplace_back(key, redacted(member));
    return out;
  }
  return value;
}

// What is told, in its forms.
struct Told {
  std::string text;
  std::string json;
};

Told told_of(const Outcome& outcome, const std::string& program, const std::string& verb) {
  // Some of it other people wrote. What is escaped here is within texts: it stays the same JSON.
  return {log::redact(outcome.text),
          text::harmless(redacted(result_object(outcome, program, verb)).dump())};
}

bool write_result_file(const std::string& path, const std::string& json) {
  if (path.empty()) return true;
  const auto written = fs::replace_file(path, json + "\n");
  if (!written) log::error(text::cat("result_file: ", written.error().message));
  return written.has_value();
}

// Does all of these at once, and waits for none of them for ever. Ends the process, because those
// that hang would go on to use what is on this stack.
[[noreturn]] void do_and_end(const std::vector<std::function<void()>>& deeds, int exit) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left = deeds.size();
  for (const auto& deed : deeds) {
    const auto work = [&] {
      deed();
      const std::lock_guard lock(mutex);
      --left;
      changed.notify_all();
    };
    try {
      std::thread(work).detach();
    } catch (const std::system_error&) {  // no more threads: then one after the other
      work();
    }
  }
  std::unique_lock lock(mutex);
  changed.wait_for(lock, kLastWords, [&] { return left == 0; });
  ::_exit(exit);
}

}  // namespace

Outcome outcome_of(const Failure& failure) {
  return {exit_for(failure.kind), failure.message, text::Json().set("message", failure.message),
          true};
}

text::Json result_object(const Outcome& outcome, const std::string& program,
                         const std::string& verb) {
  text::Json result;
  result.set("schema", 1).set("program", program).set("verb", verb);
  result.set("exit_code", static_cast<int>(outcome.exit));
  if (const auto* members = outcome.json.object()) {
    for (const auto& [key, value] : *members) result.set(key, value);
  }
  return result;
}

Exit deliver(const Outcome& outcome, const Delivery& delivery, const std::string& program,
             const std::string& verb) {
  const Told told = told_of(outcome, program, verb);
  if (outcome.failed) log::error(told.text);
  bool printed = true;
  if (delivery.as_json) {
    printed = print(told.json);
  } else {
    printed = print(outcome.kept) && (outcome.failed || print(told.text));
  }
  Exit fault = Exit::unknown;
  if (!printed && errno == EPIPE) {
    fault = Exit::reader_gone;
  } else if (!printed) {
    log::error(text::cat("cannot write the result to stdout: ", std::strerror(errno)));
  }
  if (!write_result_file(delivery.result_file, told.json)) {
    printed = false;
    fault = Exit::unknown;
  }
  write_termination_log(delivery.termination_log, one_line(told.text));
  if (printed && outcome.once_told) {
    const auto remembered = outcome.once_told();
    if (!remembered) {
      log::error(remembered.error().message);
      printed = false;
      fault = exit_for(remembered.error().kind);
    }
  }
  return !printed && outcome.exit == Exit::done ? fault : outcome.exit;
}

void deliver_and_end(const Outcome& outcome, const Delivery& delivery, const std::string& program,
                     const std::string& verb) {
  // Of two that watch over one program the second has nothing to add.
  static std::mutex only_once;
  only_once.lock();
  const Told told = told_of(outcome, program, verb);
  std::string out = delivery.as_json ? told.json : outcome.kept;
  if (out.empty() && !outcome.failed) out = told.text;
  if (!out.empty()) out += '\n';
  const std::vector<std::function<void()>> deeds = {
      [&] {
        if (outcome.failed) log::error(told.text);
      },
      // Past stdio, whose lock may be held by a print that hangs.
      [&] { fs::write_all(STDOUT_FILENO, out); },
      [&] { write_termination_log(delivery.termination_log, one_line(told.text)); },
      [&] { write_result_file(delivery.result_file, told.json); },
  };
  do_and_end(deeds, static_cast<int>(outcome.exit));
}

}  // namespace stagegate::step
