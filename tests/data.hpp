// The measured data that some tests compare with. It is not part of the project.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

namespace stagegate::tests {

// The path of a file below $STAGEGATE_DATA; empty, after a line that says so, when it is not there.
inline std::optional<std::filesystem::path> data_file(const std::string& name) {
  const char* root = std::getenv("STAGEGATE_DATA");
  if (root != nullptr) {
    auto path = std::filesystem::path(root) / name;
    if (std::filesystem::exists(path)) return path;
  }
  std::cerr << "skipped: no data (" << name << ")\n";
  return std::nullopt;
}

}  // namespace stagegate::tests
