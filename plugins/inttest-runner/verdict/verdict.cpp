#include "plugins/inttest-runner/verdict/verdict.hpp"

#include <array>
#include <csignal>
#include <cstring>

#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

std::string tests(std::uint64_t count) {
  return cat(count, count == 1 ? " test" : " tests");
}

// A shell says 128 and a signal's number of a command that was killed.
std::string exit_words(int code) {
  const int signal = code - 128;
  if (signal <= 0 || signal >= NSIG) return cat("exit code ", code);
  return cat("exit code ", code, " (a shell says so of signal ", signal, ", ", ::strsignal(signal),
             ")");
}

// The first of the file's own totals that is not what its tests add up to.
std::string contradiction(const Results& results) {
  const Declared& declared = results.reading.declared;
  const Counts counts = results.counts();
  struct Claim {
    const char* what;
    std::optional<std::uint64_t> claimed;
    std::uint64_t counted;
  };
  // What one form calls a failure is an error to another.
  const auto claimed_bad = declared.failed && declared.errors
                               ? std::optional(*declared.failed + *declared.errors)
                               : std::nullopt;
  const std::array<Claim, 4> claims{{{"in all", declared.total, counts.total()},
                                     {"passed", declared.passed, counts.passed},
                                     {"failed", claimed_bad, counts.bad()},
                                     {"skipped", declared.skipped, counts.skipped}}};
  for (const Claim& claim : claims) {
    if (!claim.claimed || *claim.claimed == claim.counted) continue;
    return cat("the results contradict themselves: ", *claim.claimed, " ", claim.what,
               " by their totals, ", claim.counted, " by their tests");
  }
  return {};
}

Verdict judge_results(const Ending& ending, const Results& results, std::uint64_t min_tests) {
  const Counts counts = results.counts();
  const auto said = results.reading.declared.exit_code;
  if (counts.bad() > 0) {
    return {Reason::tests_failed,
            cat(counts.bad(), " of ", tests(counts.total()), " failed",
                ending.status == 0 ? ", although the command ended with exit code 0" : "")};
  }
  if (auto why = contradiction(results); !why.empty()) {
    return {Reason::results_contradict, std::move(why)};
  }
  if (ending.status != 0) {
    return {Reason::exit_code,
            cat("the command ended with ", exit_words(ending.status), ", although no test failed")};
  }
  if (said && *said != 0) {
    return {Reason::exit_code,
            cat("the command ended with exit code 0, but its results say ", *said)};
  }
  if (counts.ran() < min_tests || counts.total() == 0) {
    return {Reason::too_few_tests, cat("only ", tests(counts.ran()), " ran, ", counts.skipped,
                                       " skipped; at least ", min_tests, " must run (min_tests)")};
  }
  return {Reason::passed, cat(tests(counts.passed), " passed",
                              counts.skipped == 0 ? "" : cat(", ", counts.skipped, " skipped"))};
}

}  // namespace

Counts Results::counts() const {
  if (reading.lists_tests) return tally.counts();
  const Declared& declared = reading.declared;
  Counts counts{declared.passed.value_or(0), declared.failed.value_or(0),
                declared.errors.value_or(0), declared.skipped.value_or(0)};
  return counts;
}

std::string_view reason_word(Reason reason) {
  switch (reason) {
    case Reason::passed:
      return "passed";
    case Reason::interrupted:
      return "interrupted";
    case Reason::timed_out:
      return "timed_out";
    case Reason::crashed:
      return "crashed";
    case Reason::results_missing:
      return "results_missing";
    case Reason::results_unreadable:
      return "results_unreadable";
    case Reason::tests_failed:
      return "tests_failed";
    case Reason::results_contradict:
      return "results_contradict";
    case Reason::exit_code:
      return "exit_code";
    case Reason::too_few_tests:
      return "too_few_tests";
  }
  return "?";
}

Verdict judge(const Ending& ending, const Observed& observed, std::uint64_t min_tests) {
  switch (ending.how) {
    case Ending::How::interrupted:
      return {Reason::interrupted, cat("the command ", ending_words(ending))};
    case Ending::How::timed_out:
      return {Reason::timed_out, cat("the command ", ending_words(ending))};
    case Ending::How::crashed:
      return {Reason::crashed, cat("the command ", ending_words(ending))};
    case Ending::How::exited:
      break;
  }
  if (std::holds_alternative<NoResults>(observed)) {
    return {Reason::results_missing,
            cat("the command wrote no results file; it ended with ", exit_words(ending.status))};
  }
  if (const auto* unreadable = std::get_if<UnreadableResults>(&observed)) {
    return {Reason::results_unreadable,
            cat("the results cannot be read: ", unreadable->why, "; the command ended with ",
                exit_words(ending.status))};
  }
  return judge_results(ending, std::get<Results>(observed), min_tests);
}

}  // namespace stagegate::inttest
