// SIGINT and SIGTERM as something that can be waited for. As process 1 of a container a program
// without handlers would ignore SIGTERM and be killed later, in the middle of whatever it does.
#pragma once

#include <optional>

#include "common/step/exit_code.hpp"

namespace stagegate::step {

// Installs the handlers, and ignores SIGPIPE: a closed pipe is an error of the write, not the end
// of the program.
void catch_signals();

// Readable as soon as a signal has asked the program to end, and from then on.
int interrupt_fd();

// The exit code that the signal asks for; empty as long as none came.
std::optional<Exit> interrupted();

}  // namespace stagegate::step
