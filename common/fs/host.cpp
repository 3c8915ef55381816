#include "common/fs/host.hpp"

#include <array>

#include <unistd.h>

namespace stagegate::fs {

std::string host_name() {
  std::array<char, 256> name{};
  // One that is too long is cut, and then not necessarily ended.
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

}  // namespace stagegate::fs
