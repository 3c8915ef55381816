// OpenSSL, once and before anything of it is used: left to itself it reads the host's openssl.cnf,
// and loads what that names into a static program.
#pragma once

namespace stagegate::crypto {

bool start_openssl();

}  // namespace stagegate::crypto
