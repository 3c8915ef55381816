#include "common/audit/log/store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/audit/record/record.hpp"
#include "common/crypto/encoding.hpp"
#include "common/crypto/random.hpp"
#include "common/fs/descriptor.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/host.hpp"
#include "common/fs/mount.hpp"
#include "common/fs/trouble.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::string_view kTemporary = ".tmp-";
constexpr std::time_t kTemporaryLives = 3600;
constexpr mode_t kFileMode = 0640;
constexpr mode_t kFullSegmentMode = 0444;

fs::Path temporary_in(const fs::Path& directory) {
  return directory / cat(kTemporary, fs::host_name(), "-", ::getpid(), "-",
                         crypto::hex(crypto::random_bytes(6)));
}

// The number of names that a file has; 0 when that cannot be found out.
nlink_t names_of(const fs::Path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_nlink : 0;
}

bool is_last_of_segment(std::uint64_t seq) {
  return (seq + 1) % kSegmentLines == 0;
}

// Creates the segment, lasting, when it is not there.
Result<fs::Descriptor> open_to_write(const fs::Path& segment) {
  fs::Descriptor fd = fs::open_file(segment, O_WRONLY | O_DSYNC);
  if (fd.open()) return fd;
  if (errno != ENOENT) return fs::trouble("open", segment, errno);
  fd = fs::open_file(segment, O_WRONLY | O_DSYNC | O_CREAT, kFileMode);
  if (!fd.open()) return fs::trouble("create", segment, errno);
  if (auto synced = sync_names(fs::directory_of(segment)); !synced) return forward(synced.error());
  return fd;
}

Result<> remove_name(const fs::Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fs::trouble("remove", path, errno);
  }
  return {};
}

std::vector<std::uint64_t> slots_among(const Layout& layout,
                                       const std::vector<std::string>& names) {
  std::vector<std::uint64_t> slots;
  for (const std::string& name : names) {
    const auto seq = text::parse_int(name);
    if (!seq || *seq < 0) continue;
    const auto number = static_cast<std::uint64_t>(*seq);
    if (layout.slot(number).filename() == name) slots.push_back(number);
  }
  std::ranges::sort(slots);
  return slots;
}

// A line may have been written by somebody who was killed before it was on the disk.
Result<> sync_segment(const fs::Path& path) {
  const fs::Descriptor fd = fs::open_file(path, O_RDONLY);
  if (!fd.open()) return fs::trouble("open", path, errno);
  if (!fs::sync(fd.get())) return fs::trouble("sync", path, errno);
  return {};
}

bool is_forgotten(const fs::Path& temporary) {
  struct stat status = {};
  return ::stat(temporary.c_str(), &status) == 0 &&
         std::time(nullptr) - status.st_mtime > kTemporaryLives;
}

// Removes what killed writers have left behind.
Result<> sweep(const fs::Path& directory) {
  const auto names = fs::list_directory(directory);
  if (!names) return forward(names.error());
  for (const std::string& name : *names) {
    const fs::Path path = directory / name;
    if (name.starts_with(kTemporary) && is_forgotten(path)) ::unlink(path.c_str());
  }
  return {};
}

}  // namespace

Result<Staged> Staged::write(const fs::Path& directory, std::string_view bytes) {
  Staged staged(temporary_in(directory));
  fs::Descriptor fd = fs::open_file(staged.path_, O_WRONLY | O_CREAT | O_EXCL, kFileMode);
  if (!fd.open()) {
    auto failure = fs::trouble("create", staged.path_, errno);
    staged.path_.clear();
    return failure;
  }
  if (!fs::write_all(fd.get(), bytes)) return fs::trouble("write", staged.path_, errno);
  if (!fs::sync(fd.get())) return fs::trouble("sync", staged.path_, errno);
  if (!fd.close()) return fs::trouble("close", staged.path_, errno);
  return staged;
}

Staged::Staged(Staged&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Staged::~Staged() {
  drop();
}

void Staged::drop() {
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

Result<bool> Staged::link_to(const fs::Path& target) const {
  if (::link(path_.c_str(), target.c_str()) == 0) return true;
  const int error = errno;
  // Over NFS the answer may have been lost and the call repeated: that it says "exists" then means
  // nothing. The file itself knows how many names it has (open(2), link(2)).
  if (names_of(path_) == 2) return true;
  if (error == EEXIST || error == ESTALE || error == ENOENT) return false;
  return fs::trouble("link", target, error);
}

Result<> Staged::replace(const fs::Path& target) {
  if (::rename(path_.c_str(), target.c_str()) != 0) return fs::trouble("replace", target, errno);
  path_.clear();
  return {};
}

Result<Standing> read_standing(const Layout& layout, const Slot& slot) {
  const fs::Path path = layout.segment(slot.seq >> kSegmentBits);
  const std::size_t before = slot.start == 0 ? 0 : 1;
  Standing place{.joins = before == 0, .bytes = {}};
  const fs::Descriptor fd = fs::open_file(path, O_RDONLY);
  if (!fd.open() && errno == ENOENT) return place;
  if (!fd.open()) return fs::trouble("open", path, errno);
  std::string found(before + slot.line.size() + 1, '\0');
  const ssize_t got = fs::read_at(fd.get(), found.data(), found.size(), slot.start - before);
  if (got < 0) return fs::trouble("read", path, errno);
  found.resize(static_cast<std::size_t>(got));
  if (before > 0) place.joins = found.starts_with('\n');
  place.bytes = found.substr(std::min(before, found.size()));
  return place;
}

Result<> write_line(const Layout& layout, const Slot& slot) {
  const fs::Path path = layout.segment(slot.seq >> kSegmentBits);
  auto fd = open_to_write(path);
  if (!fd) return forward(fd.error());
  if (!fs::write_all_at(fd->get(), slot.line + "\n", slot.start)) {
    return fs::trouble("write", path, errno);
  }
  // Against accidents; whoever must write to it once more (redact, repair) knows how.
  if (is_last_of_segment(slot.seq)) ::fchmod(fd->get(), kFullSegmentMode);
  if (!fd->close()) return fs::trouble("close", path, errno);
  return {};
}

Result<> sync_names(const fs::Path& directory) {
  if (!fs::sync_directory(directory)) return fs::trouble("sync the directory", directory, errno);
  return {};
}

Result<> prune(const Layout& layout, std::uint64_t published_size) {
  for (const fs::Path& directory : {layout.directory, layout.tail()}) {
    if (auto swept = sweep(directory); !swept) return swept;
  }
  const auto names = fs::list_directory(layout.tail());
  if (!names) return forward(names.error());
  // The lowest first: a writer that comes too late knows by the slot before its own whether its
  // name had been taken and removed.
  const auto slots = slots_among(layout, *names);
  for (std::uint64_t seq = slots.empty() ? published_size : slots.front(); seq < published_size;
       seq = (seq / kSegmentLines + 1) * kSegmentLines) {
    if (auto synced = sync_segment(layout.segment(seq >> kSegmentBits)); !synced) return synced;
  }
  for (const std::uint64_t seq : slots) {
    if (seq + kSlotsKept >= published_size) break;
    if (auto removed = remove_name(layout.slot(seq)); !removed) return removed;
  }
  return {};
}

Result<std::vector<std::uint64_t>> slots_there(const Layout& layout) {
  const auto names = fs::list_directory(layout.tail());
  if (!names) return forward(names.error());
  return slots_among(layout, *names);
}

Result<> probe_links(const fs::Path& directory) {
  const auto probe = Staged::write(directory, "Can this file have two names?\n");
  if (!probe) return forward(probe.error());
  const fs::Path second = temporary_in(directory);
  const auto linked = probe->link_to(second);
  if (linked && *linked) return remove_name(second);
  const auto mount = fs::mount_of(directory);
  return unknown(cat(directory.native(), " is on a file system without hard links",
                     mount ? cat(" (", mount->type, ", mounted on ", mount->point, ")") : "", ": ",
                     linked ? "link(2) does not make a second name" : linked.error().message,
                     ". A log needs them: use a local disk or NFS"));
}

}  // namespace stagegate::audit
