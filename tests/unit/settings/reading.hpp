// Short ways to read settings in a test.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/settings/read.hpp"

namespace stagegate::tests {

using settings::Environment;
using settings::Spec;
using settings::Table;

// A table with one setting called "x".
template <class T>
struct One {
  T value{};
  Table table{"program", "A test."};

  explicit One(Spec spec = {.name = "x"}) { table.add(value, std::move(spec)); }

  Result<settings::Invocation> read(std::vector<std::string> arguments,
                                    Environment environment = {}) {
    return settings::read(table, {std::move(arguments), std::move(environment)});
  }
  Result<settings::Invocation> from_env(std::string text) {
    return read({}, {{"PLUGIN_X", std::move(text)}});
  }
  // The message, or "accepted".
  std::string error_from_env(std::string text) {
    const auto read = from_env(std::move(text));
    return read ? "accepted" : read.error().message;
  }
};

inline std::string error_of(const Result<settings::Invocation>& read) {
  return read ? "accepted" : read.error().message;
}

}  // namespace stagegate::tests
