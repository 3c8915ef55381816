// The lines of a file of any size, one after the other, in bounded memory. The file is read and
// never mapped: one that somebody cuts in the meantime must not end the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/fs/descriptor.hpp"
#include "common/result/result.hpp"

namespace stagegate::fs {

struct FileLine {
  std::string_view text;  // without its newline, cut when it is too long; valid until the next call
  std::uint64_t start = 0;  // where it begins in the file
  std::uint64_t end = 0;    // behind its newline
  bool ended = true;        // false: the file ends before a newline
  bool too_long = false;
};

class LineReader {
 public:
  // Fails with unknown when the file cannot be read.
  static Result<LineReader> open(const Path& path, std::size_t longest, std::uint64_t offset = 0);
  // Empty at the end of the file.
  Result<std::optional<FileLine>> next();

 private:
  LineReader(Descriptor file, Path path, std::size_t longest, std::uint64_t offset);
  Result<bool> read_more();
  Result<std::optional<FileLine>> cut_line();

  Descriptor file_;
  Path path_;
  std::size_t longest_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // what has been read and not given out: [begin_, end_) of the buffer
  std::size_t end_ = 0;
  std::uint64_t offset_;  // of begin_ in the file
  std::string cut_;       // the beginning of a line that is too long
};

}  // namespace stagegate::fs
