#include "common/fs/descriptor.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace stagegate::fs {

Descriptor::~Descriptor() {
  const int error = errno;  // of whatever made this the way out
  if (fd_ >= 0) ::close(fd_);
  errno = error;
}

bool Descriptor::close() {
  // Linux has let go of the descriptor when it says EINTR: closing it twice would hit another file.
  return ::close(release()) == 0 || errno == EINTR;
}

Descriptor open_file(const Path& path, int flags, mode_t mode) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  return Descriptor(fd);
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool write_all_at(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return true;
}

ssize_t read_at(int fd, char* buffer, std::size_t count, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(fd, buffer + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return got;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

bool sync(int fd) {
  int result = -1;
  do {
    result = ::fsync(fd);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

Path directory_of(const Path& path) {
  return path.has_parent_path() ? path.parent_path() : Path(".");
}

bool sync_directory(const Path& directory) {
  const Descriptor fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  return fd.open() && (sync(fd.get()) || errno == EINVAL);
}

}  // namespace stagegate::fs
