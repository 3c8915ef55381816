// A lock on a file, for good manners. Over NFS a lock can be given to two clients at once (nolock,
// local_lock), or be held for ever by one that is gone: nothing may be destroyed on its word.
#pragma once

#include <chrono>
#include <optional>

#include "common/fs/descriptor.hpp"

namespace stagegate::fs {

class FileLock {
 public:
  // Makes the file when it is missing. Empty when the lock was not to be had in time, or there are
  // no locks here. The lock ends with the object, or with the process.
  static std::optional<FileLock> acquire(const Path& path, std::chrono::milliseconds wait);

 private:
  explicit FileLock(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

}  // namespace stagegate::fs
