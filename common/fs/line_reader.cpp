#include "common/fs/line_reader.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>

#include "common/text/text.hpp"

namespace stagegate::fs {
namespace {

constexpr std::size_t kReadAtOnce = std::size_t{128} << 10;

}  // namespace

LineReader::LineReader(Descriptor file, Path path, std::size_t longest, std::uint64_t offset)
    : file_(std::move(file)),
      path_(std::move(path)),
      longest_(longest),
      buffer_(kReadAtOnce + longest + 1),
      offset_(offset) {}

Result<LineReader> LineReader::open(const Path& path, std::size_t longest, std::uint64_t offset) {
  // Non-blocking, so that a named pipe in the file's place is not waited for.
  Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file.open()) {
    return unknown(text::cat("cannot open ", path.native(), ": ", std::strerror(errno)));
  }
  ::posix_fadvise(file.get(), static_cast<off_t>(offset), 0, POSIX_FADV_SEQUENTIAL);
  return LineReader(std::move(file), path, longest, offset);
}

// False at the end of the file.
Result<bool> LineReader::read_more() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  for (;;) {
    const ssize_t got = ::pread(file_.get(), buffer_.data() + end_, buffer_.size() - end_,
                                static_cast<off_t>(offset_ + end_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return unknown(text::cat("cannot read ", path_.native(), ": ", std::strerror(errno)));
    }
    end_ += static_cast<std::size_t>(got);
    return got > 0;
  }
}

Result<std::optional<FileLine>> LineReader::next() {
  std::size_t searched = 0;
  for (;;) {
    const char* from = buffer_.data() + begin_;
    const auto* newline =
        static_cast<const char*>(std::memchr(from + searched, '\n', end_ - begin_ - searched));
    if (newline != nullptr) {
      const auto length = static_cast<std::size_t>(newline - from);
      FileLine line{{from, length}, offset_, offset_ + length + 1, true, length > longest_};
      if (line.too_long) line.text = line.text.substr(0, longest_);
      begin_ += length + 1;
      offset_ += length + 1;
      return line;
    }
    searched = end_ - begin_;
    if (searched > longest_) return cut_line();
    const auto more = read_more();
    if (!more) return forward(more.error());
    if (*more) continue;
    if (searched == 0) return std::nullopt;
    FileLine line{{buffer_.data() + begin_, searched}, offset_, offset_ + searched, false, false};
    offset_ += searched;
    begin_ = end_;
    return line;
  }
}

// A line that does not fit: its beginning is kept, the rest is passed over.
Result<std::optional<FileLine>> LineReader::cut_line() {
  cut_.assign(buffer_.data() + begin_, longest_);
  FileLine line{{}, offset_, 0, false, true};
  bool more = true;
  while (more && !line.ended) {
    const char* from = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    line.ended = newline != nullptr;
    const std::size_t passed =
        line.ended ? static_cast<std::size_t>(newline - from) + 1 : end_ - begin_;
    begin_ += passed;
    offset_ += passed;
    if (line.ended) break;
    const auto read = read_more();
    if (!read) return forward(read.error());
    more = *read;
  }
  line.end = offset_;
  line.text = cut_;
  return line;
}

}  // namespace stagegate::fs
