// stdout for what is told as it comes: too long to be held in memory, or without an end.
#pragma once

#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::step {

// Fails (unknown) when stdout cannot be written, with the system's reason; throws ReaderGone
// when nobody reads it any more.
Result<> print(std::string_view bytes);
Result<> flush_print();

}  // namespace stagegate::step
