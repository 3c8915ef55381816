#include "plugins/inttest-runner/report/account.hpp"

#include <algorithm>
#include <set>

#include "common/text/duration.hpp"
#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;
using text::Json;

constexpr std::size_t kInFirstLine = 3;

std::string seconds_of(milliseconds length) {
  const auto tenths = (length.count() + 50) / 100;
  return cat(tenths / 10, '.', tenths % 10, " s");
}

// "test_a, test_b, test_c and 4 more"
std::string first_bad(const Results& results) {
  std::vector<std::string> names;
  for (const TestCase& test : results.tally.bad()) {
    if (names.size() == kInFirstLine) break;
    names.push_back(text::harmless(test.name));
  }
  const std::uint64_t more = results.counts().bad() - names.size();
  return cat(text::join(names, ", "),
             more == 0 || names.empty() ? "" : cat(" and ", more, " more"));
}

std::string first_line(const Account& account) {
  std::string line = account.words;
  const Results* results = account.results();
  if (account.reason == reason_word(Reason::tests_failed) && results != nullptr) {
    line += cat(": ", first_bad(*results));
  }
  if (account.flaky()) line += cat(", flaky: only at attempt ", account.attempts.size());
  return line;
}

std::string indented(std::string_view text, std::string_view by) {
  std::string out;
  for (const auto line : text::split(text::trim(text), '\n')) {
    out += cat('\n', by, text::harmless(line));
  }
  return out;
}

void add_bad(std::string& out, const Results& results) {
  for (const TestCase& test : results.tally.bad()) {
    out += cat("\n  ", test.status == TestCase::Status::error ? "error   " : "failed  ",
               text::harmless(full_name(test)));
    if (!test.message.empty()) out += indented(test.message, "      ");
  }
  const std::uint64_t unnamed = results.counts().bad() - results.tally.bad().size();
  if (unnamed > 0) out += cat("\n  and ", unnamed, " more");
}

void add_list(std::string& out, std::string_view head, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out += cat('\n', head);
  for (const std::string& line : lines) out += cat("\n  ", text::harmless(line));
}

std::vector<std::string> slowest(const Results& results) {
  std::vector<std::string> lines;
  for (const TestCase& test : results.tally.slowest()) {
    lines.push_back(cat(seconds_of(*test.duration), "  ", full_name(test)));
  }
  return lines;
}

std::vector<std::string> attempt_lines(const Account& account) {
  std::vector<std::string> lines;
  if (account.attempts.size() < 2) return lines;
  for (std::size_t i = 0; i < account.attempts.size(); ++i) {
    lines.push_back(cat(i + 1, ": ", account.attempts[i].verdict.words));
  }
  return lines;
}

Json counts_json(const Results& results) {
  const Counts counts = results.counts();
  return Json()
      .set("form", form_name(results.reading.form))
      .set("total", counts.total())
      .set("passed", counts.passed)
      .set("failed", counts.failed)
      .set("errors", counts.errors)
      .set("skipped", counts.skipped);
}

Json test_json(const TestCase& test) {
  Json json = Json().set("suite", test.suite).set("name", test.name);
  if (!test.message.empty()) json.set("message", test.message);
  if (test.duration) json.set("duration_ms", std::int64_t{test.duration->count()});
  return json;
}

Json tests_json(const std::vector<TestCase>& tests) {
  Json list{Json::Array{}};
  for (const TestCase& test : tests) list.push(test_json(test));
  return list;
}

Json strings_json(const std::vector<std::string>& strings) {
  Json list{Json::Array{}};
  for (const std::string& string : strings) list.push(string);
  return list;
}

Json attempt_json(const Attempt& attempt) {
  Json json = Json()
                  .set("reason", reason_word(attempt.verdict.reason))
                  .set("message", attempt.verdict.words)
                  .set("took_ms", std::int64_t{attempt.ending.took.count()});
  if (attempt.ending.how == Ending::How::exited) {
    json.set("exit_code", attempt.ending.status);
  } else {
    json.set("ended", ending_words(attempt.ending));
  }
  if (attempt.ending.left_behind > 0) {
    json.set("left_behind", std::uint64_t{attempt.ending.left_behind});
  }
  if (!std::holds_alternative<NoResults>(attempt.observed)) {
    json.set("results_file", attempt.results.native());
  }
  if (const auto* results = std::get_if<Results>(&attempt.observed)) {
    json.set("results", counts_json(*results));
  }
  if (!attempt.cleanup.empty()) json.set("cleanup", attempt.cleanup);
  if (!attempt.verdict.passed()) json.set("last_lines", strings_json(attempt.tail));
  return json;
}

std::string code(std::string_view text) {
  std::string inside = text::harmless(text);
  std::ranges::replace(inside, '`', '\'');
  std::ranges::replace(inside, '|', '/');  // would end a cell
  return cat('`', inside, '`');
}

}  // namespace

std::vector<std::string> Account::flaky_tests() const {
  std::set<std::string> names;
  const Results* final = results();
  if (!passed || final == nullptr) return {};
  for (std::size_t i = 0; i + 1 < attempts.size(); ++i) {
    const auto* earlier = std::get_if<Results>(&attempts[i].observed);
    if (earlier == nullptr) continue;
    for (const TestCase& test : earlier->tally.bad()) names.insert(full_name(test));
  }
  names.insert(final->tally.flaky().begin(), final->tally.flaky().end());
  return {names.begin(), names.end()};
}

std::string account_text(const Account& account) {
  std::string out = text::harmless(first_line(account));
  const Results* results = account.results();
  if (results != nullptr) {
    const Counts counts = results->counts();
    out += cat("\n", counts.total(), " tests: ", counts.passed, " passed, ", counts.failed,
               " failed, ", counts.errors, " errors, ", counts.skipped, " skipped (",
               form_name(results->reading.form), "), in ", seconds_of(account.last().ending.took));
    add_bad(out, *results);
  }
  const bool silent = results == nullptr || results->counts().bad() == 0;
  if (!account.last().verdict.passed() && silent) {
    add_list(out, "the command's last lines:", account.last().tail);
  }
  if (results != nullptr) add_list(out, "slowest:", slowest(*results));
  add_list(out, "flaky:", account.flaky_tests());
  add_list(out, "attempts:", attempt_lines(account));
  for (const std::string& note : account.notes) out += cat('\n', text::harmless(note));
  return out;
}

std::string account_markdown(const Account& account) {
  std::string out =
      cat("## Integration tests of ", code(account.tag), ": ",
          account.passed ? (account.flaky() ? "passed (flaky)" : "passed") : "**not passed**",
          "\n\n", text::harmless(account.words), "\n");
  if (const Results* results = account.results()) {
    const Counts counts = results->counts();
    out += cat("\n| total | passed | failed | errors | skipped |\n|--:|--:|--:|--:|--:|\n| ",
               counts.total(), " | ", counts.passed, " | ", counts.failed, " | ", counts.errors,
               " | ", counts.skipped, " |\n");
    for (const TestCase& test : results->tally.bad()) {
      out += cat("\n- ", code(full_name(test)));
      // Indented as a block of code, nothing in it is markup.
      if (!test.message.empty()) out += cat("\n", indented(test.message, "      "), "\n");
    }
    if (!results->tally.bad().empty()) out += "\n";
  }
  for (const std::string& name : account.flaky_tests()) out += cat("\n- flaky: ", code(name));
  for (const std::string& line : attempt_lines(account)) {
    out += cat("\n- attempt ", text::harmless(line));
  }
  for (const std::string& note : account.notes) out += cat("\n- ", text::harmless(note));
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

Json account_json(const Account& account) {
  Json attempts{Json::Array{}};
  for (const Attempt& attempt : account.attempts) attempts.push(attempt_json(attempt));
  Json json = Json()
                  .set("passed", account.passed)
                  .set("reason", account.reason)
                  .set("message", first_line(account))
                  .set("tag", account.tag)
                  .set("flaky", account.flaky());
  if (!account.pipeline.empty()) json.set("pipeline", account.pipeline);
  if (const Results* results = account.results()) {
    json.set("results", counts_json(*results))
        .set("failed_tests", tests_json(results->tally.bad()))
        .set("slowest", tests_json(results->tally.slowest()))
        .set("flaky_tests", strings_json(account.flaky_tests()));
  }
  json.set("attempts", std::move(attempts)).set("images", account.images);
  if (!account.marked.is_null()) json.set("marked", account.marked);
  if (!account.kargo.is_null()) json.set("kargo", account.kargo);
  json.set("archived", strings_json(account.archived)).set("notes", strings_json(account.notes));
  return json;
}

}  // namespace stagegate::inttest
