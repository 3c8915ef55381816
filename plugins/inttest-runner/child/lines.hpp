// The output of a command, line by line as it comes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace stagegate::inttest {

class Lines {
 public:
  using Each = std::function<void(std::string_view line)>;
  // A line longer than `longest` comes in pieces: nobody knows whether it will ever end.
  explicit Lines(Each each, std::size_t longest = 16u << 10)
      : each_(std::move(each)), longest_(longest) {}

  void feed(std::string_view bytes);
  // Nothing more comes: a last line without its end is a line too.
  void finish();

 private:
  Each each_;
  std::size_t longest_;
  std::string begun_;
};

}  // namespace stagegate::inttest
