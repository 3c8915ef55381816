#include "common/crypto/random.hpp"

#include <cerrno>
#include <cstdlib>

#include <sys/random.h>

namespace stagegate::crypto {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t got = 0;
  while (got < count) {
    const ssize_t more = ::getrandom(bytes.data() + got, count - got, 0);
    if (more < 0 && errno != EINTR) std::abort();  // a predictable number must not be used instead
    if (more > 0) got += static_cast<std::size_t>(more);
  }
  return bytes;
}

}  // namespace stagegate::crypto
