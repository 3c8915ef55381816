// All that is told of a run, in whatever form.
#pragma once

#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "plugins/inttest-runner/run/attempt.hpp"

namespace stagegate::inttest {

struct Account {
  std::string tag;
  std::string pipeline;
  std::vector<Attempt> attempts;  // one at least; the last one decides
  // How it ended: the verdict of the last attempt, or what went wrong behind it.
  bool passed = false;
  std::string reason;  // "tests_failed", "images_changed"
  std::string words;
  std::vector<std::string> notes;  // "marked 14 images as ...", "kept as ..."
  text::Json marked = {};          // null: nothing was
  text::Json kargo = {};           // null: it was not told
  std::vector<std::string> archived;
  std::string images;  // "unchanged", "not checked"

  const Attempt& last() const { return attempts.back(); }
  // Passed, but not at the first try.
  bool flaky() const { return passed && attempts.size() > 1; }
  // Tests that failed in one attempt and passed in a later one; those that their own file calls
  // flaky, too.
  std::vector<std::string> flaky_tests() const;
  // The results of the last attempt; null when there are none.
  const Results* results() const { return std::get_if<Results>(&last().observed); }
};

// The first line says it all: it is what a pod's last words are.
std::string account_text(const Account& account);
std::string account_markdown(const Account& account);
text::Json account_json(const Account& account);

// The tests of the last attempt as JUnit XML. They are read from their file once more: there may be
// any number. A run without readable results becomes one test that could not run.
Result<> write_junit(const fs::Path& file, const Account& account);

}  // namespace stagegate::inttest
