// Whether a run of the tests passed. Pure: everything that speaks for or against it is handed in,
// and whatever does not speak for it speaks against it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "plugins/inttest-runner/child/child.hpp"
#include "plugins/inttest-runner/results/reading.hpp"
#include "plugins/inttest-runner/verdict/tally.hpp"

namespace stagegate::inttest {

// What is known about the results of a run.
struct NoResults {};  // there is no file
struct UnreadableResults {
  std::string why;
};
struct Results {
  Reading reading;
  Tally tally;

  // Of the tests that are listed; of a file without a list, as it says.
  Counts counts() const;
};
using Observed = std::variant<NoResults, UnreadableResults, Results>;

enum class Reason {
  passed,
  interrupted,         // this program was asked to end
  timed_out,           // the command did not end
  crashed,             // the command was ended by a signal
  results_missing,     // it wrote no results file
  results_unreadable,  // truncated, malformed, of no known form
  tests_failed,
  results_contradict,  // the file's totals are not those of its tests
  exit_code,           // not 0, although no test failed
  too_few_tests,       // none, or fewer than are asked for
};
// "tests_failed"
std::string_view reason_word(Reason reason);

struct Verdict {
  Reason reason = Reason::results_missing;
  std::string words;  // "3 of 214 tests failed, although the command ended with exit code 0"

  bool passed() const { return reason == Reason::passed; }
  // Another run may come to something else.
  bool worth_repeating() const { return !passed() && reason != Reason::interrupted; }
};

Verdict judge(const Ending& ending, const Observed& observed, std::uint64_t min_tests);

}  // namespace stagegate::inttest
