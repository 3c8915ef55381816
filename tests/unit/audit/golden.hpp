// The log that another implementation of the format made.
#pragma once

#include <optional>
#include <string>

#include "common/audit/tree/note.hpp"
#include "common/fs/file.hpp"
#include "tests/data.hpp"

namespace stagegate::tests {

inline std::optional<std::string> golden(const std::string& file) {
  const auto path = data_file("audit-vectors/golden/" + file);
  if (!path) return std::nullopt;
  return fs::read_file(*path).value();
}

inline std::optional<audit::VerifyKey> golden_key() {
  const auto text = golden("vkey");
  if (!text) return std::nullopt;
  return audit::VerifyKey::parse(*text).value();
}

}  // namespace stagegate::tests
