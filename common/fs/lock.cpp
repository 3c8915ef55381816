#include "common/fs/lock.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>

namespace stagegate::fs {
namespace {

// A lock of the open file, and not of the process: closing another descriptor does not drop it.
bool try_lock(int fd) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

}  // namespace

std::optional<FileLock> FileLock::acquire(const Path& path, std::chrono::milliseconds wait) {
  using std::chrono::milliseconds;
  Descriptor fd = open_file(path, O_RDWR | O_CREAT, 0640);
  if (!fd.open()) return std::nullopt;
  // Asked for again and again: to wait in F_OFD_SETLKW for a client that is gone has no end.
  const auto end = std::chrono::steady_clock::now() + wait;
  for (milliseconds pause{1};; pause = std::min(2 * pause, milliseconds{32})) {
    if (try_lock(fd.get())) return FileLock(std::move(fd));
    const bool held = errno == EAGAIN || errno == EACCES || errno == EINTR;
    if (!held || std::chrono::steady_clock::now() + pause > end) return std::nullopt;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace stagegate::fs
