// main()'s work, around a program that does what the test wants.
#include <csignal>
#include <new>
#include <stdexcept>

#include "common/settings/secret.hpp"
#include "common/step/step.hpp"
#include "tests/unit/step/captured.hpp"

using namespace stagegate;
using namespace stagegate::step;

namespace {

class Sample : public Program {
 public:
  explicit Sample(std::function<Outcome(const Run&)> act) : act_(std::move(act)) {}
  std::string name() const override { return "sample"; }
  std::string purpose() const override { return "Does what a test wants."; }
  std::vector<std::string> other_outputs() const override { return {"csv"}; }
  std::vector<std::string> versions() const override { return {"sample data 7"}; }
  void declare(settings::Table& table) override {
    table.verb({.name = "check", .help = "Checks."});
    table.verb({.name = "list", .help = "Lists."});
    table.add(token, {.name = "token", .help = "A secret."});
  }
  Outcome run(const Run& run) override { return act_(run); }

  settings::Secret token;

 private:
  std::function<Outcome(const Run&)> act_;
};

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

// In this process: for everything but signals.
Ran ran(Sample& sample, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "sample");
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  Ran result;
  result.err = captured(stderr, [&] {
    result.out = captured(stdout, [&] {
      result.code = run_program(sample, static_cast<int>(arguments.size()), argv.data());
    });
  });
  return result;
}

Ran ran(const std::function<Outcome(const Run&)>& act, std::vector<std::string> arguments = {}) {
  Sample sample(act);
  return ran(sample, std::move(arguments));
}

Outcome done(const Run& run) {
  return {.text = "done by " + run.verb, .json = text::Json().set("output", run.output)};
}

}  // namespace

TEST_CASE("a run without words is a run of the first verb") {
  const Ran result = ran(done);
  CHECK(result.code == 0);
  CHECK(result.out == "done by check\n");
  CHECK(result.err.empty());
  CHECK(ran(done, {"list"}).out == "done by list\n");
}

TEST_CASE("the outcome's exit code is the program's") {
  const Exit exit =
      GENERATE(Exit::done, Exit::no, Exit::usage, Exit::unknown, Exit::conflict, Exit::deadline);
  CHECK(ran([&](const Run&) { return Outcome{.exit = exit}; }).code == static_cast<int>(exit));
}

TEST_CASE("an exception is a fault of the program, and never a yes") {
  const Ran thrown = ran([](const Run&) -> Outcome { throw std::runtime_error("who knows"); });
  CHECK(thrown.code == 3);
  CHECK_THAT(thrown.err, ContainsSubstring("internal error: who knows"));
  const Ran full = ran([](const Run&) -> Outcome { throw std::bad_alloc(); });
  CHECK(full.code == 3);
  CHECK_THAT(full.err, ContainsSubstring("out of memory"));
}

TEST_CASE("wrong settings are told all at once, and nothing runs") {
  bool has_run = false;
  const Ran result = ran(
      [&](const Run&) {
        has_run = true;
        return Outcome{};
      },
      {"--bogus", "--log-level=loud"});
  CHECK(result.code == 2);
  CHECK_FALSE(has_run);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, ContainsSubstring("--bogus") && ContainsSubstring("--log-level"));
}

TEST_CASE("who asked for JSON gets JSON about wrong settings, too") {
  const Ran result = ran(done, {"--output=json", "--bogus"});
  CHECK(result.code == 2);
  const auto parsed = text::parse_json(result.out.substr(0, result.out.size() - 1));
  REQUIRE(parsed);
  CHECK(parsed->find("exit_code")->integer() == 2);
  CHECK_THAT(std::string(parsed->text("message")), ContainsSubstring("--bogus"));
}

TEST_CASE("a program's own form of output is printed as its text") {
  CHECK(ran(done, {"--output=csv"}).out == "done by check\n");
  CHECK(ran(done, {"--output=xml"}).code == 2);
}

TEST_CASE("the version names the program and the data that it carries") {
  const Ran result = ran(done, {"--version"});
  CHECK(result.code == 0);
  CHECK(result.out.starts_with("sample "));
  CHECK(result.out.ends_with("\nsample data 7\n"));
}

TEST_CASE("help, documentation and schema are printed without a run") {
  const char* flag = GENERATE("--help", "--docs", "--schema");
  const Ran result = ran([](const Run&) -> Outcome { throw std::runtime_error("ran"); }, {flag});
  INFO(flag << result.err);
  CHECK(result.code == 0);
  CHECK_THAT(result.out, ContainsSubstring("result_file") || ContainsSubstring("--result-file"));
}

TEST_CASE("a secret that comes by a setting is masked wherever the program lets it slip") {
  Sample* self = nullptr;
  Sample sample([&](const Run&) {
    return Outcome{.text = "using " + self->token.reveal(),
                   .json = text::Json().set("token", self->token.reveal())};
  });
  self = &sample;
  const Folder folder;
  write(folder.file("token"), "hunter2hunter2\n");
  const std::string flag = "--token-file=" + folder.file("token");
  CHECK(ran(sample, {flag}).out == "using ***\n");
  CHECK_THAT(ran(sample, {flag, "--output=json"}).out, ContainsSubstring(R"("token":"***")"));
}

TEST_CASE("log lines are JSON objects if asked for") {
  const Ran result = ran(
      [](const Run&) {
        return outcome_of({Failure::Kind::unknown, "a \"b\""});
      },
      {"--log-json=true"});
  const auto parsed = text::parse_json(result.err.substr(0, result.err.size() - 1));
  REQUIRE(parsed);
  CHECK(parsed->text("level") == "error");
  CHECK(parsed->text("message") == "a \"b\"");
}

TEST_CASE("a program that was asked to end never ends with success") {
  const auto [signal, code] = GENERATE(table<int, int>({{SIGTERM, 143}, {SIGINT, 130}}));
  const int ended = exit_code_of([signal = signal] {
    return ran([&](const Run& run) {
             ::raise(signal);
             return done(run);
           })
        .code;
  });
  CHECK(ended == code);
}

TEST_CASE("a run that nobody reads any more ends quietly, and is not done") {
  const Ran result = ran([](const Run&) -> Outcome { throw ReaderGone(); });
  CHECK(result.code == 128 + SIGPIPE);
  CHECK(result.out.empty());
  CHECK(result.err.empty());
}

TEST_CASE("whoever watches over a run that hangs can tell its outcome and end the process") {
  const Folder folder;
  const auto file = folder.file("result.json");
  int code = -1;
  captured(stderr, [&] {
    code = exit_code_of([&] {
      return ran(
                 [](const Run& run) -> Outcome {
                   run.end_now(outcome_of({Failure::Kind::deadline, "it hangs"}));
                   return {};
                 },
                 {"list", "--result-file", file})
          .code;
    });
  });
  CHECK(code == 5);
  CHECK_THAT(content_of(file),
             ContainsSubstring(R"("verb":"list","exit_code":5,"message":"it hangs")"));
}
