#include "tests/fault/audit/control.hpp"

#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/fs/lock.hpp"
#include "common/fs/trouble.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::tests {
namespace {

using text::cat;

struct Head {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

Result<Head> read_head(const audit::Layout& layout) {
  const auto bytes = fs::read_file(layout.checkpoint());
  if (!bytes) return forward(bytes.error());
  const auto json = text::parse_json(*bytes);
  if (!json) return forward(json.error());
  const auto number = [&](std::string_view name) {
    const auto* member = json->find(name);
    return static_cast<std::uint64_t>(member == nullptr ? 0 : member->integer().value_or(0));
  };
  return Head{number("records"), number("bytes")};
}

Result<> write_head(const audit::Layout& layout, Head head) {
  const auto json = text::Json().set("records", head.records).set("bytes", head.bytes);
  return fs::replace_file(layout.checkpoint(), json.dump() + "\n");
}

// Looks at all that is in the file: the mistake is that some of it has not been committed.
std::optional<std::uint64_t> find_key(const std::string& file, const std::string& key) {
  const std::size_t at = file.find(cat("\"idem\":\"", key, "\""));
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = file.rfind('\n', at) + 1;
  const auto record = text::parse_json(file.substr(begin, file.find('\n', at) - begin));
  const auto* seq = record ? record->find("seq") : nullptr;
  if (seq == nullptr) return std::nullopt;
  return static_cast<std::uint64_t>(seq->integer().value_or(0));
}

}  // namespace

Result<> lock_only_init(const audit::Layout& layout) {
  std::error_code error;
  std::filesystem::create_directories(layout.records(), error);
  if (auto made = fs::replace_file(layout.segment(0), ""); !made) return made;
  return write_head(layout, {});
}

Result<std::uint64_t> lock_only_append(const audit::Layout& layout, const std::string& key,
                                       std::chrono::milliseconds lock_wait,
                                       const audit::Step& step) {
  step("lock");
  const auto lock = fs::FileLock::acquire(layout.lock(), lock_wait);
  step("view");
  const auto head = read_head(layout);
  if (!head) return forward(head.error());
  const auto file = fs::read_file(layout.segment(0));
  if (!file) return forward(file.error());
  step("idempotency");
  if (const auto found = find_key(*file, key)) return *found;
  step("line");
  const std::string line = text::Json().set("seq", head->records).set("idem", key).dump() + "\n";
  const fs::Descriptor fd = fs::open_file(layout.segment(0), O_WRONLY);
  const bool written = fd.open() && ::ftruncate(fd.get(), static_cast<off_t>(head->bytes)) == 0 &&
                       fs::write_all_at(fd.get(), line, head->bytes) && fs::sync(fd.get());
  if (!written) return fs::trouble("write", layout.segment(0), errno);
  step("publish");
  if (auto said = write_head(layout, {head->records + 1, head->bytes + line.size()}); !said) {
    return forward(said.error());
  }
  step("done");
  return head->records;
}

}  // namespace stagegate::tests
