#include "plugins/inttest-runner/run/attempt.hpp"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "common/fs/trouble.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/reading.hpp"
#include "plugins/inttest-runner/run/transcript.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

// With cleanup and everything, no more than the 15 seconds that whoever asks us to end waits.
constexpr milliseconds kCleanupAtEnd{8'000};

std::vector<std::string> in_shell(const std::string& words) {
  return {"sh", "-c", words};
}

Command command_of(const Options& options, const settings::Environment& environment,
                   std::size_t number) {
  Command command{options.arguments, environment};
  if (command.words.empty()) command.words = in_shell(options.command);
  command.environment["STAGEGATE_IMAGE_TAG"] = options.tag.text;
  command.environment["STAGEGATE_RESULTS_FILE"] = options.results_file;
  command.environment["STAGEGATE_LOCK_FILE"] = options.lock_file;
  command.environment["STAGEGATE_ATTEMPT"] = std::to_string(number);
  return command;
}

// What is there after the run has been written by it: that is surer than any comparison of times,
// which differ between this machine and the one that the file is on.
Result<> remove_old(const fs::Path& results) {
  if (::unlink(results.c_str()) == 0 || errno == ENOENT) return {};
  return fs::trouble("remove the old results file", results, errno);
}

Observed observe(const fs::Path& file) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) return NoResults{};
  Results results;
  auto reading = read_results_file(file, [&](TestCase test) -> Result<> {
    results.tally.add(std::move(test));
    return {};
  });
  if (!reading) return UnreadableResults{std::move(reading.error().message)};
  results.reading = *std::move(reading);
  return results;
}

void tell_of_rest(const Ending& ending) {
  if (ending.left_behind > 0) {
    log::warning(cat("the command has left ", ending.left_behind,
                     ending.left_behind == 1 ? " process" : " processes",
                     " behind, which were ended"));
  }
  if (ending.unkillable > 0) {
    log::warning(cat(ending.unkillable,
                     " of its processes could not even be killed (they hang in "
                     "the kernel, on a file system that does not answer?)"));
  }
}

std::string clean_up(const Options& options, Command command, const Ending& ending,
                     const time::Clock& clock) {
  command.words = in_shell(options.cleanup);
  Limits limits{options.cleanup_timeout, milliseconds(1'000)};
  if (ending.how == Ending::How::interrupted) {
    limits.timeout = std::min(limits.timeout, kCleanupAtEnd);
  }
  log::info(cat("tidying up: ", options.cleanup));
  Transcript transcript(clock, options.timestamps);
  // Whoever asks us to end asks for this, too.
  const auto ended =
      run_child(command, limits, clock, -1, [&](std::string_view line) { transcript.line(line); });
  if (ended && ended->good()) return "done";
  std::string why = cat("the cleanup ", ended ? ending_words(*ended) : ended.error().message);
  log::warning(cat(why, ": look for what the tests have left"));
  return why;
}

}  // namespace

Result<Attempt> attempt(const Options& options, const settings::Environment& environment,
                        std::size_t number, time::Clock& clock, int interrupt_fd) {
  if (auto removed = remove_old(options.results_file); !removed) return forward(removed.error());
  const Command command = command_of(options, environment, number);
  Transcript transcript(clock, options.timestamps);
  auto ending = run_child(command, {options.timeout, options.grace}, clock, interrupt_fd,
                          [&](std::string_view line) { transcript.line(line); });
  if (!ending) return forward(ending.error());
  tell_of_rest(*ending);

  Attempt made;
  made.ending = *ending;
  made.results = options.results_file;
  made.observed = observe(options.results_file);
  made.verdict = judge(made.ending, made.observed, static_cast<std::uint64_t>(options.min_tests));
  made.tail = {transcript.tail().begin(), transcript.tail().end()};
  if (!options.cleanup.empty()) made.cleanup = clean_up(options, command, made.ending, clock);
  return made;
}

Result<> put_aside(Attempt& attempt, std::size_t number) {
  if (std::holds_alternative<NoResults>(attempt.observed)) return {};
  fs::Path aside = attempt.results;
  aside.replace_filename(cat(attempt.results.stem().native(), ".attempt-", number,
                             attempt.results.extension().native()));
  if (::rename(attempt.results.c_str(), aside.c_str()) != 0) {
    return fs::trouble("put aside", attempt.results, errno);
  }
  attempt.results = std::move(aside);
  return {};
}

}  // namespace stagegate::inttest
