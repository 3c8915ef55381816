// The shell around a program: settings in, outcome out, and in between whatever the program is for.
// It handles what all programs share: --help and --version, signals, logs, the result file, the
// pod's termination message.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/settings/table.hpp"
#include "common/step/outcome.hpp"
#include "common/time/clock.hpp"

namespace stagegate::step {

// What a program's run is given.
struct Run {
  std::string verb;
  std::string output;  // "text", "json", or one of the program's own forms
  time::Clock& clock;
  int interrupt_fd;  // readable when the program should end
  bool terminal;     // whether stderr is one
  // Tells the outcome and ends the process, with the code that a signal asks for if one came: for
  // whoever watches over work that hangs (patience.hpp).
  std::function<void(Outcome)> end_now;
};

class Program {
 public:
  virtual ~Program() = default;
  virtual std::string name() const = 0;
  virtual std::string purpose() const = 0;
  // Forms of output beside text and json; their outcome's text is printed as it is.
  virtual std::vector<std::string> other_outputs() const { return {}; }
  // Lines of --version beyond the program's own.
  virtual std::vector<std::string> versions() const { return {}; }
  virtual void declare(settings::Table& table) = 0;
  virtual Outcome run(const Run& run) = 0;
};

// main()'s work. Returns the exit code.
int run_program(Program& program, int argc, char** argv);

}  // namespace stagegate::step
