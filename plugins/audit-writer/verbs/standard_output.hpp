// stdout for what is too long to be held in memory: written as it comes.
#pragma once

#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::audit_writer {

// Fails (unknown) when stdout cannot be written, with the system's reason; throws step::ReaderGone
// when nobody reads it any more.
Result<> print(std::string_view bytes);
Result<> flush_print();

}  // namespace stagegate::audit_writer
