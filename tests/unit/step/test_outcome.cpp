#include <array>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>

#include "common/log/log.hpp"
#include "common/step/outcome.hpp"
#include "tests/unit/step/captured.hpp"

using namespace stagegate;
using namespace stagegate::step;

namespace {

Outcome allowed() {
  return {
      .exit = Exit::done, .text = "allowed: it is late", .json = text::Json().set("allowed", true)};
}

Exit told(const Outcome& outcome, const Delivery& delivery = {}) {
  return deliver(outcome, delivery, "gate", "check");
}

// What is printed when all that is printed goes nowhere else.
std::string printed(const Outcome& outcome, const Delivery& delivery = {}) {
  return captured(stdout, [&] { told(outcome, delivery); });
}

// The exit code with something else in the place of stdout.
int told_to(const char* device, const Outcome& outcome, const Delivery& delivery = {}) {
  return exit_code_of([&] {
    const int fd = ::open(device, O_WRONLY);
    ::dup2(fd, STDOUT_FILENO);
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    return static_cast<int>(told(outcome, delivery));
  });
}

}  // namespace

TEST_CASE("every kind of failure has its exit code, and none is success") {
  CHECK(exit_for(Failure::Kind::refused) == Exit::no);
  CHECK(exit_for(Failure::Kind::usage) == Exit::usage);
  CHECK(exit_for(Failure::Kind::unknown) == Exit::unknown);
  CHECK(exit_for(Failure::Kind::conflict) == Exit::conflict);
  CHECK(exit_for(Failure::Kind::deadline) == Exit::deadline);
  CHECK(static_cast<int>(Exit::no) == 1);
  CHECK(static_cast<int>(Exit::usage) == 2);
  CHECK(static_cast<int>(Exit::unknown) == 3);
  CHECK(static_cast<int>(Exit::conflict) == 4);
  CHECK(static_cast<int>(Exit::deadline) == 5);
  CHECK(static_cast<int>(Exit::interrupted) == 128 + SIGINT);
  CHECK(static_cast<int>(Exit::reader_gone) == 128 + SIGPIPE);
  CHECK(static_cast<int>(Exit::terminated) == 128 + SIGTERM);
}

TEST_CASE("a failure that nobody has thought of counts as unknown") {
  CHECK(exit_for(static_cast<Failure::Kind>(99)) == Exit::unknown);
}

TEST_CASE("a result names its schema, program, verb and exit code before its own members") {
  CHECK(result_object(allowed(), "gate", "check").dump() ==
        R"({"schema":1,"program":"gate","verb":"check","exit_code":0,"allowed":true})");
}

TEST_CASE("a failure's result carries its message") {
  const Outcome outcome = outcome_of({Failure::Kind::conflict, "somebody moved the tag"});
  CHECK(outcome.failed);
  CHECK(
      result_object(outcome, "gate", "").dump() ==
      R"({"schema":1,"program":"gate","verb":"","exit_code":4,"message":"somebody moved the tag"})");
}

TEST_CASE("a result goes to stdout as text, or as one line of JSON") {
  CHECK(printed(allowed()) == "allowed: it is late\n");
  CHECK(printed(allowed(), {.as_json = true}) ==
        result_object(allowed(), "gate", "check").dump() + "\n");
  CHECK(printed({}).empty());
}

TEST_CASE("a failure is an error on stderr and no result on stdout, but JSON for who reads JSON") {
  const Outcome outcome = outcome_of({Failure::Kind::unknown, "the calendar ends"});
  std::string out;
  const auto err = captured(stderr, [&] { out = printed(outcome); });
  CHECK(out.empty());
  CHECK_THAT(err, ContainsSubstring("error the calendar ends"));
  CHECK_THAT(printed(outcome, {.as_json = true}), ContainsSubstring(R"("exit_code":3)"));
}

TEST_CASE("the result file holds the JSON whatever the output is") {
  const Folder folder;
  const auto path = folder.file("result.json");
  write(path, "from an earlier run, and longer than what comes now: " + std::string(1000, 'x'));
  printed(allowed(), {.result_file = path});
  CHECK(content_of(path) == result_object(allowed(), "gate", "check").dump() + "\n");
  printed(outcome_of({Failure::Kind::usage, "no"}), {.result_file = path});
  CHECK_THAT(content_of(path), ContainsSubstring(R"("exit_code":2)"));
}

TEST_CASE("what somebody wrote moves no cursor when JSON is printed, and stays what it is") {
  const std::string evil = "a\u202e\xc2\x9b[2J\u200b\U000e0041";
  const std::string out =
      printed({.text = "done", .json = text::Json().set("notes", evil)}, {.as_json = true});
  for (const auto* part : {"\u202e", "\xc2\x9b", "\u200b", "\U000e0041"}) {
    CHECK(out.find(part) == std::string::npos);
  }
  const auto read = text::parse_json(out);
  REQUIRE(read);
  CHECK(read->text("notes") == evil);
}

TEST_CASE("a success that cannot be written to its result file is no success") {
  const Folder folder;
  const Delivery nowhere{.result_file = folder.file("missing/result.json")};
  Exit exit{};
  std::string err;
  const auto told_anyway =
      captured(stdout, [&] { err = captured(stderr, [&] { exit = told(allowed(), nowhere); }); });
  CHECK(exit == Exit::unknown);
  CHECK(told_anyway == "allowed: it is late\n");
  CHECK_THAT(err, ContainsSubstring("result_file: cannot create"));
}

TEST_CASE("a no stays a no when it cannot be written") {
  const Folder folder;
  Outcome no = allowed();
  no.exit = Exit::no;
  Exit exit{};
  captured(stderr, [&] {
    captured(stdout, [&] { exit = told(no, {.result_file = folder.file("missing/r.json")}); });
  });
  CHECK(exit == Exit::no);
  CHECK(told_to("/dev/full", no) == 1);
}

TEST_CASE("a success that does not reach stdout is no success") {
  CHECK(told_to("/dev/full", allowed()) == 3);
  CHECK(told_to("/dev/full", allowed(), {.as_json = true}) == 3);
  CHECK(told_to("/dev/null", allowed()) == 0);
}

TEST_CASE("a reader that goes away is told nothing, and is no fault") {
  std::array<int, 2> ends{};
  const auto told_to_nobody = [&](const Outcome& outcome, const Delivery& delivery = {}) {
    return exit_code_of([&] {
      ::signal(SIGPIPE, SIG_IGN);
      if (::pipe(ends.data()) != 0) return -1;
      ::close(ends[0]);
      ::dup2(ends[1], STDOUT_FILENO);
      int code = 0;
      const auto err = captured(stderr, [&] { code = static_cast<int>(told(outcome, delivery)); });
      return err.empty() ? code : -2;
    });
  };
  CHECK(told_to_nobody(allowed()) == 128 + SIGPIPE);
  CHECK(told_to_nobody(allowed(), {.as_json = true}) == 128 + SIGPIPE);
  Outcome no = allowed();
  no.exit = Exit::no;
  CHECK(told_to_nobody(no) == 1);
}

TEST_CASE("what must not be lost is printed beside a failure, and is a member of its JSON") {
  Outcome failure = outcome_of({Failure::Kind::unknown, "the disk is full"});
  failure.kept = "PENDING {}";
  failure.json.set("pending", text::Json::Object());
  std::string out;
  captured(stderr, [&] { out = printed(failure); });
  CHECK(out == "PENDING {}\n");
  captured(stderr, [&] { out = printed(failure, {.as_json = true}); });
  CHECK_THAT(out, ContainsSubstring(R"("pending":{})") && !ContainsSubstring("PENDING"));
}

TEST_CASE("the last words of a program that hangs are told everywhere that can be written") {
  const Folder folder;
  Delivery delivery{.result_file = folder.file("result.json"),
                    .termination_log = folder.file("last-words")};
  write(delivery.termination_log, "");
  Outcome failure = outcome_of({Failure::Kind::deadline, "the store did not answer"});
  failure.kept = "PENDING {}";
  std::string out;
  std::string err;
  const auto ended = [&] {
    int code = -1;
    err = captured(stderr, [&] {
      out = captured(stdout, [&] {
        code = exit_code_of([&]() -> int { deliver_and_end(failure, delivery, "gate", "check"); });
      });
    });
    return code;
  };
  CHECK(ended() == 5);
  CHECK(out == "PENDING {}\n");
  CHECK_THAT(err, ContainsSubstring("error the store did not answer"));
  CHECK(content_of(delivery.result_file) == result_object(failure, "gate", "check").dump() + "\n");
  CHECK(content_of(delivery.termination_log) == "the store did not answer");

  // A pipe that nobody reads keeps whoever opens it, as a silent file server does.
  delivery.result_file = folder.file("pipe");
  REQUIRE(::mkfifo(delivery.result_file.c_str(), 0600) == 0);
  write(delivery.termination_log, "");
  CHECK(ended() == 5);
  CHECK(out == "PENDING {}\n");
  CHECK(content_of(delivery.termination_log) == "the store did not answer");
}

TEST_CASE("a secret is masked in text, JSON, result file and termination message") {
  log::mask("s3cr\"et}\\value");
  const Folder folder;
  const Delivery delivery{.as_json = true,
                          .result_file = folder.file("result.json"),
                          .termination_log = folder.file("last-words")};
  write(delivery.termination_log, "");
  const std::string message = "token s3cr\"et}\\value refused";
  const Outcome outcome{
      .exit = Exit::no,
      .text = message,
      .json = text::Json()
                  .set("message", message)
                  .set("nested", text::Json().push(text::Json().set("m", message)))};
  const auto line = printed(outcome, delivery);
  const auto parsed = text::parse_json(line.substr(0, line.size() - 1));
  REQUIRE(parsed);
  CHECK(parsed->text("message") == "token *** refused");
  CHECK(parsed->find("nested")->array()->front().text("m") == "token *** refused");
  CHECK(content_of(delivery.result_file) == line);
  CHECK(content_of(delivery.termination_log) == "token *** refused");
  CHECK(printed({.text = message}) == "token *** refused\n");
}

TEST_CASE("masking changes values only, so that a secret that looks like a key breaks nothing") {
  log::mask("reasonable");
  const Outcome outcome{.json = text::Json().set("reasonable", "so reasonable")};
  const auto line = printed(outcome, {.as_json = true});
  const auto parsed = text::parse_json(line.substr(0, line.size() - 1));
  REQUIRE(parsed);
  CHECK(parsed->text("reasonable") == "so ***");
}

TEST_CASE("the termination message is one line, and replaces what was there") {
  const Folder folder;
  const auto path = folder.file("termination-log");
  write(path, std::string(500, 'x'));
  printed({.text = "blocked: market open\n  day\tTue\r\n"}, {.termination_log = path});
  CHECK(content_of(path) == "blocked: market open   day Tue  ");
}

TEST_CASE("the termination message is written only where somebody has put a file for it") {
  const Folder folder;
  const auto path = folder.file("termination-log");
  CHECK(printed(allowed(), {.termination_log = path}) == "allowed: it is late\n");
  CHECK_FALSE(std::filesystem::exists(path));
  // Nor through a link: whoever can make one in a shared folder must not choose what is
  // overwritten.
  write(folder.file("precious"), "mine");
  std::filesystem::create_symlink(folder.file("precious"), path);
  printed(allowed(), {.termination_log = path});
  CHECK(content_of(folder.file("precious")) == "mine");
}

TEST_CASE("a long termination message is cut between characters, below what Kubernetes keeps") {
  const Folder folder;
  const auto path = folder.file("termination-log");
  write(path, "");
  std::string umlauts = "x";
  while (umlauts.size() < 6000) umlauts += "\xc3\xbc";
  printed({.text = umlauts}, {.termination_log = path});
  const auto kept = content_of(path);
  CHECK(kept.size() <= 4000);
  CHECK(kept.size() >= 3990);
  CHECK(kept == umlauts.substr(0, kept.size()));
  CHECK(kept.size() % 2 == 1);  // the first letter and whole pairs
}

TEST_CASE("what may be remembered once it is told is remembered only when it was told") {
  int remembered = 0;
  Outcome outcome = allowed();
  outcome.once_told = [&]() -> Result<> {
    ++remembered;
    return {};
  };
  printed(outcome);
  CHECK(remembered == 1);
  outcome.once_told = []() -> Result<> { return fail(Failure::Kind::conflict, "remembered"); };
  CHECK(told_to("/dev/full", outcome) == static_cast<int>(Exit::unknown));
  CHECK(told_to("/dev/null", outcome) == static_cast<int>(Exit::conflict));
}
