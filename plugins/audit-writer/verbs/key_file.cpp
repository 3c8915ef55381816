#include "plugins/audit-writer/verbs/key_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {
namespace {

using text::cat;

Result<> failed(const std::string& what, const std::string& path) {
  return unknown(cat("key_out: cannot ", what, " ", path, ": ", std::strerror(errno)));
}

// Readable by nobody else from the first moment on, and never in place of another file: a key that
// is overwritten is a log that nobody can continue.
Result<> write_key(const std::string& path, const audit::SigningKey& key) {
  fs::Descriptor file = fs::open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!file.open()) return failed("create", path);
  if (fs::write_all(file.get(), key.text() + "\n") && fs::sync(file.get()) && file.close()) {
    return {};
  }
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
