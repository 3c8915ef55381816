// What code writes to stdout or stderr, and files that are gone after the test.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace stagegate::step {

// Everything that `act` writes to `stream` (stdout or stderr).
inline std::string captured(std::FILE* stream, const std::function<void()>& act) {
  const int fd = ::fileno(stream);
  std::fflush(stream);
  const int kept = ::dup(fd);
  const int file = ::memfd_create("captured", MFD_CLOEXEC);
  REQUIRE((kept >= 0 && file >= 0));
  ::dup2(file, fd);
  act();
  std::fflush(stream);
  ::dup2(kept, fd);
  ::close(kept);
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  const auto read = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  REQUIRE(read == static_cast<ssize_t>(text.size()));
  return text;
}

// The exit code of `act` in a process of its own: for what changes the process for good.
inline int exit_code_of(const std::function<int()>& act) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(act());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "step-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace stagegate::step
