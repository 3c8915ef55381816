#include "plugins/audit-writer/watch/bell.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace stagegate::audit_writer {

Bell::Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // No more descriptors: nothing that a program could do about it.
  if (!fd_.open()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Bell::ring() const {
  const std::uint64_t one = 1;
  // A full counter rings already.
  while (::write(fd_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Bell::silence() const {
  std::uint64_t count = 0;
  while (::read(fd_.get(), &count, sizeof count) < 0 && errno == EINTR) {
  }
}

}  // namespace stagegate::audit_writer
