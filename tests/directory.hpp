// A directory of its own for each test, removed at the end.
#pragma once

#include <filesystem>
#include <iterator>
#include <string>

#include <stdlib.h>
#include <unistd.h>

namespace stagegate::tests {

class Directory {
 public:
  Directory() : Directory(std::filesystem::temp_directory_path()) {}
  explicit Directory(const std::filesystem::path& parent) {
    std::string pattern = (parent / "stagegate-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(path_), {});
  }

 private:
  std::filesystem::path path_;
};

// Where files are in memory, if there is such a place: thousands of syncs take no time there.
inline std::filesystem::path quick_directory() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

}  // namespace stagegate::tests
