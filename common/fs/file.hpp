// Files that are whole or not there, and appends that survive a power cut.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::fs {

using Path = std::filesystem::path;

// The whole file, refused (kind unknown) when it is longer than `most` bytes, is no regular file,
// or cannot be read.
Result<std::string> read_file(const Path& path, std::size_t most = 16u << 20);
// Empty when there is no such file, or over NFS one that has been replaced in this very moment.
Result<std::optional<std::string>> read_if_there(const Path& path, std::size_t most = 16u << 20);

// Readers see the old or the new bytes and never a part. When it returns, the new ones survive a
// power cut: the file and its directory are synced. The mode is 0644 less the umask.
Result<> replace_file(const Path& path, std::string_view bytes);

// The same piece by piece: until it is committed, nothing has happened.
class Replacement {
 public:
  static Result<Replacement> open(const Path& path);
  Replacement(Replacement&& other) noexcept;
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement();
  Result<> write(std::string_view bytes);
  Result<> commit();

 private:
  Replacement(int fd, Path target, Path temporary)
      : fd_(fd), target_(std::move(target)), temporary_(std::move(temporary)) {}
  int fd_;
  Path target_;
  Path temporary_;  // empty: pipes, terminals and /dev/stdout are written to in place
};

// Appends to a file and syncs it, and its directory when the file is new. A write cut short by a
// full disk is taken back, so that the file never ends in half a record.
class DurableAppend {
 public:
  static Result<DurableAppend> open(const Path& path);
  DurableAppend(DurableAppend&& other) noexcept;
  DurableAppend& operator=(DurableAppend&& other) noexcept;
  ~DurableAppend();
  Result<> append(std::string_view record);

 private:
  DurableAppend(int fd, Path path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  Path path_;
};

}  // namespace stagegate::fs
