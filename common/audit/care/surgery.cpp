#include "common/audit/care/surgery.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/audit/record/record.hpp"
#include "common/audit/record/stub.hpp"
#include "common/fs/descriptor.hpp"
#include "common/fs/line_reader.hpp"
#include "common/fs/trouble.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

// Open for writing; a file that its owner has made read-only is so again afterwards.
class Writable {
 public:
  static Result<Writable> open(const fs::Path& path) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return fs::trouble("open", path, errno);
    Writable file(path, status.st_mode);
    if ((status.st_mode & S_IWUSR) == 0) ::chmod(path.c_str(), status.st_mode | S_IWUSR);
    file.fd_ = fs::open_file(path, O_WRONLY | O_DSYNC);
    if (!file.fd_.open()) return fs::trouble("open", path, errno);
    return file;
  }
  Writable(Writable&& other) noexcept
      : path_(std::exchange(other.path_, {})), mode_(other.mode_), fd_(std::move(other.fd_)) {}
  Writable& operator=(Writable&&) = delete;
  ~Writable() {
    if (!path_.empty()) ::chmod(path_.c_str(), mode_);
  }

  Result<> write(std::string_view bytes, std::uint64_t at) {
    if (!fs::write_all_at(fd_.get(), bytes, at)) return fs::trouble("write", path_, errno);
    return close();
  }
  Result<> cut(std::uint64_t length) {
    if (::ftruncate(fd_.get(), static_cast<off_t>(length)) != 0) {
      return fs::trouble("shorten", path_, errno);
    }
    if (!fs::sync(fd_.get())) return fs::trouble("sync", path_, errno);
    return close();
  }

 private:
  Writable(fs::Path path, mode_t mode) : path_(std::move(path)), mode_(mode & 07777) {}
  Result<> close() {
    if (!fd_.close()) return fs::trouble("close", path_, errno);
    return {};
  }
  fs::Path path_;
  mode_t mode_;
  fs::Descriptor fd_{-1};
};

}  // namespace

Result<> overwrite(const Layout& layout, std::uint64_t segment, std::uint64_t at,
                   std::string_view bytes) {
  auto file = Writable::open(layout.segment(segment));
  if (!file) return forward(file.error());
  return file->write(bytes, at);
}

Result<> overwrite_line(const Layout& layout, std::uint64_t seq, const Hash& leaf,
                        std::string_view line) {
  const std::uint64_t segment = seq >> kSegmentBits;
  auto reader = fs::LineReader::open(layout.segment(segment), kLongestLine);
  if (!reader) return forward(reader.error());
  for (std::uint64_t at = segment << kSegmentBits; at <= seq; ++at) {
    const auto found = reader->next();
    if (!found) return forward(found.error());
    const bool stands = *found && (*found)->ended;
    if (!stands) break;
    if (at < seq) continue;
    if ((*found)->text == line) return {};
    if ((*found)->text.size() != line.size() || stored_leaf((*found)->text) != leaf) break;
    return overwrite(layout, segment, (*found)->start, line);
  }
  return fail(Failure::Kind::conflict,
              text::cat(layout.segment(segment).native(), ": record ", seq,
                        " does not stand where it should; run audit-writer verify"));
}

Result<> cut_off(const Layout& layout, std::uint64_t segment, std::uint64_t length) {
  auto file = Writable::open(layout.segment(segment));
  if (!file) return forward(file.error());
  return file->cut(length);
}

Result<std::string> read_bytes(const Layout& layout, std::uint64_t segment, std::uint64_t from,
                               std::size_t most) {
  const fs::Path path = layout.segment(segment);
  const fs::Descriptor fd = fs::open_file(path, O_RDONLY | O_NONBLOCK);
  if (!fd.open()) return fs::trouble("open", path, errno);
  std::string bytes(most, '\0');
  const ssize_t got = fs::read_at(fd.get(), bytes.data(), bytes.size(), from);
  if (got < 0) return fs::trouble("read", path, errno);
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace stagegate::audit
