#include "plugins/audit-writer/verbs/key_file.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

Result<> failed(const std::string& what, const std::string& path) {
  return unknown(cat("key_out: cannot ", what, " ", path, ": ", std::strerror(errno)));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Readable by nobody else from the first moment on, and never in place of another file: a key that
// is overwritten is a log that nobody can continue.
Result<> write_key(const std::string& path, const audit::SigningKey& key) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failed("create", path);
  const bool written = write_all(fd, key.text() + "\n") && ::fsync(fd) == 0;
  const int error = errno;
  if (::close(fd) == 0 && written) return {};
  errno = written ? errno : error;
  auto failure = failed("write", path);
  ::unlink(path.c_str());
  return failure;
}

}  // namespace

Result<audit::SigningKey> make_key_file(const std::string& path, const std::string& origin) {
  auto key = audit::SigningKey::generate(origin);
  if (auto written = write_key(path, key); !written) return forward(written.error());
  return key;
}

}  // namespace stagegate::audit_writer
