#include "common/fs/file.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/fs/trouble.hpp"
#include "common/text/text.hpp"

namespace stagegate::fs {
namespace {

using text::cat;

auto cannot(std::string_view what, const Path& path) {
  return trouble(what, path, errno);
}

Path temporary_beside(const Path& path) {
  static std::atomic<unsigned> counter{0};
  return directory_of(path) /
         cat(".", path.filename().native(), ".", ::getpid(), ".", counter.fetch_add(1), ".tmp");
}

}  // namespace

Result<std::optional<std::string>> read_if_there(const Path& path, std::size_t most) {
  // Non-blocking, so that a named pipe without a writer is refused below and not waited for.
  const Descriptor fd = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!fd.open() && (errno == ENOENT || errno == ESTALE)) return std::nullopt;
  if (!fd.open()) return cannot("open", path);
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) return cannot("read", path);
  if (!S_ISREG(status.st_mode)) return unknown(cat(path.native(), " is not a regular file"));

  std::string bytes;
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == ESTALE) return std::nullopt;
    if (got < 0) return cannot("read", path);
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(got));
    if (bytes.size() > most) {
      return unknown(cat(path.native(), " is longer than ", most, " bytes"));
    }
  }
}

Result<std::string> read_file(const Path& path, std::size_t most) {
  auto bytes = read_if_there(path, most);
  if (!bytes) return forward(bytes.error());
  if (!*bytes) return trouble("open", path, ENOENT);
  return std::move(**bytes);
}

Result<Replacement> Replacement::open(const Path& path) {
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  error.clear();  // a missing file is none
  if (kind == std::filesystem::file_type::directory) {
    return unknown(cat(path.native(), " is a directory"));
  }
  const bool exists = kind != std::filesystem::file_type::not_found;
  if (exists && kind != std::filesystem::file_type::regular) {
    Descriptor fd = open_file(path, O_WRONLY);
    if (!fd.open()) return cannot("open", path);
    return Replacement(fd.release(), path, {});
  }
  // A symbolic link stays one: what it points to is replaced.
  const Path target = exists ? std::filesystem::canonical(path, error) : path;
  if (error) return unknown(cat("cannot resolve ", path.native(), ": ", error.message()));
  const Path temporary = temporary_beside(target);
  Descriptor fd = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (!fd.open()) return cannot("create", temporary);
  return Replacement(fd.release(), target, temporary);
}

Replacement::Replacement(Replacement&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})) {}

Replacement::~Replacement() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<> Replacement::write(std::string_view bytes) {
  if (!write_all(fd_, bytes)) return cannot("write", temporary_.empty() ? target_ : temporary_);
  return {};
}

Result<> Replacement::commit() {
  if (temporary_.empty()) return {};
  if (!sync(fd_)) return cannot("sync", temporary_);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return cannot("replace", target_);
  temporary_.clear();
  if (!sync_directory(directory_of(target_))) return cannot("sync the directory of", target_);
  return {};
}

Result<> replace_file(const Path& path, std::string_view bytes) {
  auto replacement = Replacement::open(path);
  if (!replacement) return forward(replacement.error());
  if (auto written = replacement->write(bytes); !written) return written;
  return replacement->commit();
}

Result<DurableAppend> DurableAppend::open(const Path& path) {
  Descriptor existing = open_file(path, O_WRONLY | O_APPEND);
  if (existing.open()) return DurableAppend(existing.release(), path);
  if (errno != ENOENT) return cannot("open", path);
  Descriptor created = open_file(path, O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (!created.open()) return cannot("create", path);
  if (!sync_directory(directory_of(path))) return cannot("sync the directory of", path);
  return DurableAppend(created.release(), path);
}

DurableAppend::DurableAppend(DurableAppend&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

DurableAppend& DurableAppend::operator=(DurableAppend&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

DurableAppend::~DurableAppend() {
  if (fd_ >= 0) ::close(fd_);
}

Result<> DurableAppend::append(std::string_view record) {
  struct stat before = {};
  if (::fstat(fd_, &before) != 0) return cannot("append to", path_);
  if (!write_all(fd_, record) || !sync(fd_)) {
    const int why = errno;
    // Half a record must not stay. Should even this fail, the message says that the end is in
    // doubt.
    const bool taken_back = ::ftruncate(fd_, before.st_size) == 0;
    return unknown(cat("cannot append to ", path_.native(), ": ", std::strerror(why),
                       taken_back ? "" : " (and the end of the file is in doubt)"));
  }
  return {};
}

}  // namespace stagegate::fs
