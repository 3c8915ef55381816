#include "common/step/standard_output.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/step/outcome.hpp"
#include "common/text/text.hpp"

namespace stagegate::step {
namespace {

Result<> failed() {
  if (errno == EPIPE) throw ReaderGone();
  return unknown(text::cat("cannot write the result to stdout: ", std::strerror(errno)));
}

}  // namespace

Result<> print(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) return failed();
  return {};
}

Result<> flush_print() {
  if (std::fflush(stdout) != 0) return failed();
  return {};
}

}  // namespace stagegate::step
