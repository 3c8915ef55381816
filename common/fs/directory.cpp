#include "common/fs/directory.hpp"

#include <cerrno>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/fs/descriptor.hpp"
#include "common/fs/trouble.hpp"

namespace stagegate::fs {

Result<> refresh_directory(const Path& directory) {
  const Descriptor fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  struct statx status = {};
  if (!fd.open() ||
      ::statx(fd.get(), "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &status) != 0) {
    return trouble("read the directory", directory, errno);
  }
  return {};
}

Result<std::vector<std::string>> list_directory(const Path& directory) {
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  const std::unique_ptr<DIR, Close> stream(::opendir(directory.c_str()));
  if (!stream) return trouble("list", directory, errno);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return trouble("list", directory, errno);
  return names;
}

Result<> make_directory(const Path& directory, unsigned mode) {
  if (::mkdir(directory.c_str(), mode) != 0 && errno != EEXIST) {
    return trouble("make the directory", directory, errno);
  }
  if (!sync_directory(directory_of(directory))) {
    return trouble("sync the directory of", directory, errno);
  }
  return {};
}

}  // namespace stagegate::fs
