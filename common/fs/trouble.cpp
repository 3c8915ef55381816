#include "common/fs/trouble.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/fs/mount.hpp"
#include "common/text/text.hpp"

namespace stagegate::fs {
namespace {

using text::cat;

// The file, or the nearest directory above it that is there.
Path existing(Path path, struct stat& status) {
  while (::stat(path.c_str(), &status) != 0 && path.has_relative_path()) path = directory_of(path);
  return path;
}

std::string octal(mode_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) {
    digits += static_cast<char>('0' + (mode >> static_cast<unsigned>(shift) & 7u));
  }
  return digits;
}

std::string about_rights(const Path& path) {
  struct stat status = {};
  const Path found = existing(path, status);
  const std::string facts =
      cat(" (this is uid ", ::geteuid(), ", gid ", ::getegid(), "; ", found.native(), " has mode ",
          octal(status.st_mode), " and belongs to ", status.st_uid, ":", status.st_gid);
  const auto mount = mount_of(found);
  const bool network = mount && mount->type.starts_with("nfs");
  return cat(facts, network ? "; over NFS: does the server squash root or map users?)" : ")");
}

std::string about_mount(const Path& path) {
  const auto mount = mount_of(path);
  if (!mount) return {};
  return cat(" (", mount->point, " is mounted from ", mount->source, " as ", mount->type, " with ",
             mount->options, ")");
}

std::string about_room(const Path& path) {
  struct stat status = {};
  const Path found = existing(path, status);
  struct statvfs room = {};
  if (::statvfs(found.c_str(), &room) != 0) return {};
  return cat(" (", found.native(), ": ", std::uint64_t{room.f_bavail} * room.f_frsize,
             " bytes and ", std::uint64_t{room.f_favail}, " inodes free)");
}

std::string advice(const Path& path, int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return about_rights(path);
    case EROFS:
      return about_mount(path);
    case ENOSPC:
    case EDQUOT:
      return about_room(path);
    default:
      return {};
  }
}

}  // namespace

tl::unexpected<Failure> trouble(std::string_view what, const Path& path, int error) {
  return unknown(
      cat("cannot ", what, " ", path.native(), ": ", std::strerror(error), advice(path, error)));
}

}  // namespace stagegate::fs
