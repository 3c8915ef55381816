#include "plugins/inttest-runner/child/spawn.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using fs::Descriptor;
using text::cat;

struct Pipe {
  Descriptor read_end{-1};
  Descriptor write_end{-1};
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return unknown(cat("cannot make a pipe: ", std::strerror(errno)));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Everything that the new process needs, made before the fork: behind it nothing may be allocated.
struct Image {
  std::vector<std::string> words = {};
  std::vector<std::string> assignments = {};
  std::vector<char*> argv = {};
  std::vector<char*> envp = {};
  int null = -1;
  int output = -1;
  int report = -1;
  pid_t parent = 0;
};

[[noreturn]] void become(const Image& image) {
  const auto give_up = [&] {
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(image.report, &error, sizeof error);
    ::_exit(127);
  };
  ::setpgid(0, 0);
  // Should this program be killed, the command is asked to end and can clean up.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != image.parent) ::_exit(127);
  // We ignore it, and that would be handed on.
  ::signal(SIGPIPE, SIG_DFL);
  if (::dup2(image.null, STDIN_FILENO) < 0) give_up();
  if (::dup2(image.output, STDOUT_FILENO) < 0) give_up();
  if (::dup2(image.output, STDERR_FILENO) < 0) give_up();
  ::execvpe(image.argv.front(), image.argv.data(), image.envp.data());
  give_up();
  ::_exit(127);
}

// Waits until the command runs, or has said why it cannot: the report closes with the exec.
int error_of(const Descriptor& report) {
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(report.get(), &error, sizeof error);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof error) ? error : 0;
}

}  // namespace

Result<Spawned> spawn(const Command& command) {
  auto output = make_pipe();
  if (!output) return forward(output.error());
  auto report = make_pipe();
  if (!report) return forward(report.error());
  const Descriptor null = fs::open_file("/dev/null", O_RDONLY);
  if (!null.open()) return unknown(cat("cannot open /dev/null: ", std::strerror(errno)));

  Image image{.words = command.words};
  for (const auto& [name, value] : command.environment) {
    image.assignments.push_back(cat(name, '=', value));
  }
  image.argv = pointers(image.words);
  image.envp = pointers(image.assignments);
  image.null = null.get();
  image.output = output->write_end.get();
  image.report = report->write_end.get();
  image.parent = ::getpid();

  const pid_t pid = ::fork();
  if (pid < 0) return unknown(cat("cannot start a process: ", std::strerror(errno)));
  if (pid == 0) become(image);
  // Here too: whoever comes first, the group is there when it is needed.
  ::setpgid(pid, pid);
  report->write_end.close();
  if (const int error = error_of(report->read_end); error != 0) {
    ::waitpid(pid, nullptr, 0);
    return usage(
        cat("cannot start ", text::quoted(command.words.front()), ": ", std::strerror(error),
            error == ENOENT ? " (the image must have it, and every interpreter it names)" : ""));
  }
  return Spawned{pid, std::move(output->read_end)};
}

}  // namespace stagegate::inttest
