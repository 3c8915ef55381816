// A signing key in a file of its own.
#pragma once

#include <string>

#include "common/audit/tree/note.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit_writer {

// Makes a key named `origin` and writes it to a new file that nobody else can read.
Result<audit::SigningKey> make_key_file(const std::string& path, const std::string& origin);

}  // namespace stagegate::audit_writer
