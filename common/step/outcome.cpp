#include "common/step/outcome.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "common/fs/file.hpp"
#include "common/log/log.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::step {
namespace {

// Kubernetes keeps 4096 bytes of it.
constexpr std::size_t kTerminationBytes = 4000;

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  if (text.size() <= kTerminationBytes) return text;
  // Not in the middle of a character: Kubernetes keeps UTF-8 only.
  std::size_t end = kTerminationBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
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
  // Some of it other people wrote. What is escaped here is within texts: it stays the same JSON.
  const std::string json = text::harmless(redacted(result_object(outcome, program, verb)).dump());
  const std::string text = log::redact(outcome.text);
  if (outcome.failed) log::error(text);
  bool told = delivery.as_json ? print(json) : outcome.failed || print(text);
  if (!told) log::error(text::cat("cannot write the result to stdout: ", std::strerror(errno)));
  if (!delivery.result_file.empty()) {
    if (const auto written = fs::replace_file(delivery.result_file, json + "\n"); !written) {
      log::error(text::cat("result_file: ", written.error().message));
      told = false;
    }
  }
  write_termination_log(delivery.termination_log, one_line(text));
  return !told && outcome.exit == Exit::done ? Exit::unknown : outcome.exit;
}

}  // namespace stagegate::step
