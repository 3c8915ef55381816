#include "common/audit/log/segment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "common/audit/record/record.hpp"
#include "common/fs/descriptor.hpp"
#include "common/fs/trouble.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::size_t kPiece = std::size_t{256} << 10;
static_assert(kPiece > kLongestLine + 1, "a whole line fits into a piece");

class Segment {
 public:
  explicit Segment(const fs::Path& path)
      : path_(path), fd_(fs::open_file(path, O_RDONLY | O_NONBLOCK)), buffer_(kPiece, '\0') {}

  // The bytes [from, from + count), valid until the next call.
  Result<std::string_view> read(std::uint64_t from, std::size_t count) {
    if (!fd_.open()) return fs::trouble("open", path_, errno);
    const ssize_t got = fs::read_at(fd_.get(), buffer_.data(), count, from);
    if (got < 0) return fs::trouble("read", path_, errno);
    if (static_cast<std::size_t>(got) < count) {
      return unknown(cat(path_.native(), " ends after ", from + static_cast<std::uint64_t>(got),
                         " bytes, but ", from + count,
                         " have been recorded; run audit-writer verify"));
    }
    return std::string_view(buffer_.data(), count);
  }

  auto too_long(std::uint64_t from) const {
    return fail(Failure::Kind::conflict,
                cat(path_.native(), ": the line at byte ", from, " is longer than ", kLongestLine,
                    " bytes; run audit-writer verify"));
  }

 private:
  const fs::Path& path_;
  fs::Descriptor fd_;
  std::string buffer_;
};

struct Range {
  std::size_t begin;
  std::size_t end;  // of the line, where its newline is
};

// The first line that begins at `from` or later and holds the needle. `lines` ends with a newline.
Range next_hit(std::string_view lines, std::size_t from, std::string_view needle) {
  if (!needle.empty()) {
    const void* hit =
        ::memmem(lines.data() + from, lines.size() - from, needle.data(), needle.size());
    if (hit == nullptr) return {lines.size(), lines.size()};
    const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - lines.data());
    const void* newline = ::memrchr(lines.data() + from, '\n', at - from);
    if (newline != nullptr) {
      from = static_cast<std::size_t>(static_cast<const char*>(newline) - lines.data()) + 1;
    }
  }
  return {from, std::min(lines.find('\n', from), lines.size())};
}

}  // namespace

Result<Next> lines_forwards(const fs::Path& file, std::uint64_t end, std::string_view needle,
                            const LineVisit& visit) {
  Segment segment(file);
  for (std::uint64_t at = 0; at < end;) {
    const auto piece = segment.read(at, std::min<std::uint64_t>(kPiece, end - at));
    if (!piece) return forward(piece.error());
    const std::size_t whole = piece->rfind('\n') + 1;  // npos + 1 is 0
    if (whole == 0) return segment.too_long(at);
    const std::string_view lines = piece->substr(0, whole);
    for (std::size_t from = 0; from < lines.size();) {
      const Range hit = next_hit(lines, from, needle);
      if (hit.begin == lines.size()) break;
      auto next = visit(lines.substr(hit.begin, hit.end - hit.begin));
      if (!next || *next == Next::stop) return next;
      from = hit.end + 1;
    }
    at += whole;
  }
  return Next::go_on;
}

Result<Next> lines_backwards(const fs::Path& file, std::uint64_t end, std::uint64_t most,
                             std::string_view needle, const LineVisit& visit) {
  Segment segment(file);
  std::vector<Range> hits;
  const std::uint64_t least = end - std::min(end, most);
  while (end > least) {
    const std::uint64_t begin = end - std::min<std::uint64_t>(kPiece, end);
    const auto piece = segment.read(begin, static_cast<std::size_t>(end - begin));
    if (!piece) return forward(piece.error());
    // What stands before the first newline belongs to a line that begins before this piece.
    const std::size_t first = begin == 0 ? 0 : piece->find('\n') + 1;
    const std::string_view lines = piece->substr(first);
    if (lines.empty() || lines.back() != '\n') return segment.too_long(begin);
    hits.clear();
    for (std::size_t from = 0; from < lines.size();) {
      hits.push_back(next_hit(lines, from, needle));
      from = hits.back().end + 1;
    }
    for (auto hit = hits.rbegin(); hit != hits.rend(); ++hit) {
      if (hit->begin == lines.size()) continue;  // nothing more was found
      auto next = visit(lines.substr(hit->begin, hit->end - hit->begin));
      if (!next || *next == Next::stop) return next;
    }
    end = begin + first;
  }
  return Next::go_on;
}

Result<std::uint64_t> length_of(const fs::Path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0) return fs::trouble("open", file, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace stagegate::audit
