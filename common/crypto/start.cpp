#include "common/crypto/start.hpp"

#include <openssl/crypto.h>

namespace stagegate::crypto {

bool start_openssl() {
  static const bool started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1;
  return started;
}

}  // namespace stagegate::crypto
