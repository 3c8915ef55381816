// One form of results file, read while it arrives.
#pragma once

#include <memory>
#include <string_view>

#include "common/result/result.hpp"
#include "plugins/inttest-runner/results/reading.hpp"

namespace stagegate::inttest {

class FormReader {
 public:
  FormReader() = default;
  FormReader(const FormReader&) = delete;
  FormReader& operator=(const FormReader&) = delete;
  virtual ~FormReader() = default;

  virtual Result<> feed(std::string_view bytes) = 0;
  // Nothing more comes. Called once, when nothing failed before.
  virtual Result<Reading> finish() = 0;
};

// `on_test` must live as long as the reader.
std::unique_ptr<FormReader> read_json(const OnTest& on_test);
std::unique_ptr<FormReader> read_junit(const OnTest& on_test);
std::unique_ptr<FormReader> read_tap(const OnTest& on_test);

}  // namespace stagegate::inttest
