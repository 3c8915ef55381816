#include "common/step/step.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "stagegate/version.hpp"
#include <unistd.h>

#include "common/log/log.hpp"
#include "common/settings/read.hpp"
#include "common/step/interrupt.hpp"
#include "common/step/standard_streams.hpp"
#include "common/text/text.hpp"

namespace stagegate::step {
namespace {

// The settings that every program has.
struct Common {
  std::string output;
  Delivery delivery;
  log::Level log_level = log::Level::info;
  bool log_json = false;
};

void declare_common(settings::Table& table, Common& common, std::vector<std::string> outputs) {
  outputs.insert(outputs.begin(), {"text", "json"});
  table.add(common.output, {.name = "output",
                            .help = "The form of the result on stdout.",
                            .fallback = "text",
                            .choices = std::move(outputs)});
  table.add(common.delivery.result_file,
            {.name = "result_file",
             .help = "Write the result as JSON to this file, too; it is whole or not there.",
             .value = "FILE"});
  table.add(common.delivery.termination_log,
            {.name = "termination_log",
             .help = "Where Kubernetes reads the pod's last words; written only if it is there.",
             .value = "FILE",
             .fallback = "/dev/termination-log"});
  table.add(common.log_level, {.name = "log_level",
                               .help = "The least weight that a log line must have.",
                               .fallback = "info",
                               .choices = {"debug", "info", "warning", "error"}});
  table.add(common.log_json,
            {.name = "log_json", .help = "Write log lines as JSON objects.", .fallback = "false"});
}

bool colour_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDERR_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

std::string version_text(const Program& program) {
  std::string out = text::cat(program.name(), " ", kVersion, " (", kRevision, ")");
  for (const auto& line : program.versions()) out += text::cat("\n", line);
  return out;
}

// What is asked about the program itself; empty when it is to run.
std::string about(const Program& program, const settings::Table& table,
                  const settings::Invocation& invocation) {
  switch (invocation.asked) {
    case settings::Asked::help:
      return settings::help(table, invocation.verb);
    case settings::Asked::version:
      return version_text(program);
    case settings::Asked::docs:
      return settings::docs_table(table);
    case settings::Asked::schema:
      return settings::schema(table).dump(2);
    case settings::Asked::run:
      break;
  }
  return {};
}

// An exception that gets here is a fault of the program: nothing was found out.
Outcome run_guarded(Program& program, const Run& run) {
  try {
    return program.run(run);
  } catch (const ReaderGone& gone) {
    return {
        .exit = Exit::reader_gone, .text = {}, .json = text::Json().set("message", gone.what())};
  } catch (const std::bad_alloc&) {
    return outcome_of({Failure::Kind::unknown, "out of memory"});
  } catch (const std::exception& exception) {
    return outcome_of({Failure::Kind::unknown, text::cat("internal error: ", exception.what())});
  }
}

int code(Exit exit) {
  return static_cast<int>(exit);
}

int print_about(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) return code(errno == EPIPE ? Exit::reader_gone : Exit::unknown);
  return code(Exit::done);
}

}  // namespace

int run_program(Program& program, int argc, char** argv) {
  hold_standard_streams();
  catch_signals();
  log::set_up({.colour = colour_wanted()});

  settings::Table table(program.name(), program.purpose());
  Common common;
  program.declare(table);
  declare_common(table, common, program.other_outputs());
  const auto invocation =
      settings::read(table, {{argv + 1, argv + argc}, settings::process_environment()});
  if (!invocation) {
    // Settings are wrong, so none of them can be relied on but those that say where the answer is
    // read.
    common.delivery.as_json = common.output == "json";
    return code(deliver(outcome_of(invocation.error()), common.delivery, program.name(), ""));
  }
  if (invocation->asked != settings::Asked::run) {
    return print_about(about(program, table, *invocation));
  }
  log::set_up({.least = common.log_level, .colour = colour_wanted(), .json = common.log_json});
  for (const auto& warning : invocation->warnings) log::warning(warning);

  common.delivery.as_json = common.output == "json";
  const auto end_now = [&](Outcome outcome) {
    if (const auto signal = interrupted()) outcome.exit = *signal;
    deliver_and_end(outcome, common.delivery, program.name(), invocation->verb);
  };
  time::SystemClock clock(interrupt_fd());
  const Run run{invocation->verb,
                common.output,
                clock,
                interrupt_fd(),
                ::isatty(STDERR_FILENO) == 1 && !common.log_json,
                end_now};
  Outcome outcome = run_guarded(program, run);
  // Whatever was found out: a program that was asked to end has not done its work.
  if (const auto signal = interrupted()) outcome.exit = *signal;
  return code(deliver(outcome, common.delivery, program.name(), invocation->verb));
}

}  // namespace stagegate::step
