// side-band-64k: the first byte of a pkt says which of three streams the rest belongs to. 1 is what
// was asked for, 2 lines for people ("remote: ..."), 3 the end with an error.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::mirror {

class SideBand {
 public:
  static constexpr std::size_t kLongestLine = 1'000;  // the rest of it is left out

  // One line of band 2 that is not empty, harmless to show.
  using Line = std::function<void(std::string_view line)>;
  explicit SideBand(Line line) : line_(std::move(line)) {}

  // The bytes of band 1, or none: those of band 2 become lines, and an empty pkt only shows that
  // the server is alive. Fails (unknown) with what band 3 says, and at any other band.
  Result<std::string_view> take(std::string_view pkt);
  // Nothing more comes: gives out a line that has no end.
  void end();

 private:
  void take_text(std::string_view text);

  Line line_;
  std::string held_;
};

}  // namespace stagegate::mirror
