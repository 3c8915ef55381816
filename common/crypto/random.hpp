// Bytes nobody can guess.
#pragma once

#include <cstddef>
#include <string>

namespace stagegate::crypto {

// From the kernel; waits until it has enough of them, and ends the program should it never.
std::string random_bytes(std::size_t count);

}  // namespace stagegate::crypto
