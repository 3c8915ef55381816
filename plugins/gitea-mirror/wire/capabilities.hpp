// What a server says it can do. Nothing is asked for that is not offered.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/oid.hpp"

namespace stagegate::mirror {

// Who we say that we are, where the server tells who it is.
inline constexpr std::string_view kAgent = "agent=stagegate-gitea-mirror";

class Capabilities {
 public:
  // Protocol version 0: all in one line, with blanks between them.
  static Capabilities of_line(std::string_view line);
  // Version 2: one a line, "fetch=shallow wait-for-done". False: more than any server has.
  bool add(std::string_view entry);

  bool empty() const { return entries_.empty(); }
  bool has(std::string_view name) const;
  // The first value of name=value.
  std::optional<std::string_view> value(std::string_view name) const;
  // All of them: symref=A:B symref=C:D.
  std::vector<std::string_view> values(std::string_view name) const;
  // Whether the value of `name` lists `word`: fetch, wait-for-done.
  bool lists(std::string_view name, std::string_view word) const;

  // object-format; SHA-1 where it is not told. Fails (unknown) for one that nobody knows.
  Result<HashFormat> format() const;

 private:
  std::vector<std::string> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace stagegate::mirror
