// What one answer of market-hours-check costs, beside the specification's shell check:
//
//   check_bench PROGRAM SPEC_GATE [--runs N] [--require]
//
// The commands take turns, so that whatever else the machine does weighs on all alike. With
// --require it exits 1 when `check` misses what it promises.
//
// The peak of a child's memory counts what its parent had when it started it: this program is
// static and small, and prints its own peak as the least that it can see.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr double kMostWallMs = 5;
constexpr double kMostPeakKib = 8 * 1024;

struct Command {
  const char* name;
  std::vector<std::string> words;
  std::vector<double> wall_ms;
  std::vector<double> cpu_ms;
  std::vector<double> peak_kib;
};

[[noreturn]] void fail(const char* what, const char* about) {
  std::fprintf(stderr, "check_bench: %s: %s\n", what, about);
  std::exit(2);
}

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// Nothing of this shell's settings may reach the program.
pid_t start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::array<char, 32> path{"PATH=/usr/local/bin:/usr/bin"};
  std::array<char*, 2> environment{path.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed =
      ::posix_spawn(&pid, arguments[0], &files, nullptr, arguments.data(), environment.data());
  if (failed != 0) fail(arguments[0], std::strerror(failed));
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

void run_once(Command& command) {
  const auto before = std::chrono::steady_clock::now();
  const pid_t pid = start(command.words);
  int status = 0;
  rusage used{};
  if (::wait4(pid, &status, 0, &used) != pid) fail("wait4", std::strerror(errno));
  const auto after = std::chrono::steady_clock::now();
  // 2 is the shell check's arithmetic error at 08 and 09: it costs the same.
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 2) fail(command.name, "did not answer");
  command.wall_ms.push_back(std::chrono::duration<double, std::milli>(after - before).count());
  command.cpu_ms.push_back(milliseconds(used.ru_utime) + milliseconds(used.ru_stime));
  command.peak_kib.push_back(static_cast<double>(used.ru_maxrss));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void print_costs(const std::vector<Command>& commands) {
  const Command& peer = commands.front();
  std::printf("%-34s %10s %10s %10s   %s\n", "median", "wall ms", "CPU ms", "peak KiB",
              "ratio to the first: wall, CPU, peak");
  for (const Command& command : commands) {
    const double wall = median(command.wall_ms);
    const double cpu = median(command.cpu_ms);
    const double peak = median(command.peak_kib);
    std::printf("%-34s %10.2f %10.2f %10.0f   %.2f, %.2f, %.2f\n", command.name, wall, cpu, peak,
                wall / median(peer.wall_ms), cpu / median(peer.cpu_ms),
                peak / median(peer.peak_kib));
  }
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  std::printf("the least peak that can be seen: %ld KiB\n", own.ru_maxrss);
}

// `check` answers 0 or 1; 2 would be a refusal of its settings, which must not be measured as if
// it were an answer.
void must_answer(const Command& command) {
  int status = 0;
  const pid_t pid = start(command.words);
  if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
    fail(command.name, "did not answer");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) fail("usage", "check_bench PROGRAM SPEC_GATE [--runs N] [--require]");
  long runs = 200;
  bool required = false;
  for (int i = 3; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--require") {
      required = true;
    } else if (word == "--runs" && i + 1 < argc) {
      runs = std::max(std::atol(argv[++i]), 1L);
    } else {
      fail("unknown argument", argv[i]);
    }
  }
  const std::string program = argv[1];
  std::vector<Command> commands = {
      {"the specification's shell check", {"/usr/bin/busybox", "sh", argv[2]}, {}, {}, {}},
      {"check", {program, "check"}, {}, {}, {}},
      {"check --calendar xnys", {program, "check", "--calendar", "xnys"}, {}, {}, {}},
      {"check --calendar xhkg", {program, "check", "--calendar", "xhkg"}, {}, {}, {}},
      {"next --count 100 --calendar xhkg",
       {program, "next", "--count", "100", "--calendar", "xhkg"},
       {},
       {},
       {}},
  };
  for (auto own = commands.begin() + 1; own != commands.end(); ++own) must_answer(*own);
  for (long i = 0; i < runs; ++i) {
    for (Command& command : commands) run_once(command);
  }
  std::printf("%ld runs of each, in turns\n", runs);
  print_costs(commands);

  const Command& check = commands[1];
  const bool kept = median(check.wall_ms) <= kMostWallMs && median(check.peak_kib) <= kMostPeakKib;
  std::printf("check: at most %.0f ms and %.0f KiB: %s\n", kMostWallMs, kMostPeakKib,
              kept ? "kept" : "missed");
  return required && !kept ? 1 : 0;
}
