// Open files, and the system calls on them that have to be repeated until they are done. They leave
// the reason of a failure in errno: the caller knows what it wanted.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "common/fs/file.hpp"

namespace stagegate::fs {

// An open file that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  // Over NFS a write may fail as late as here.
  bool close();

 private:
  int fd_;
};

// Closed when another program is started.
Descriptor open_file(const Path& path, int flags, mode_t mode = 0);

bool write_all(int fd, std::string_view bytes);
bool write_all_at(int fd, std::string_view bytes, std::uint64_t offset);
// How many bytes there were, less than asked at the end of the file only; negative: failed.
ssize_t read_at(int fd, char* buffer, std::size_t count, std::uint64_t offset);

bool sync(int fd);
// Makes a new or renamed name in the directory survive a power cut. Some file systems cannot sync a
// directory and say EINVAL: there is nothing more that could be done on those.
bool sync_directory(const Path& directory);
// The directory that a file is in.
Path directory_of(const Path& path);

}  // namespace stagegate::fs
