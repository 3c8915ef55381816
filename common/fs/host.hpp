// The machine that this program runs on.
#pragma once

#include <string>

namespace stagegate::fs {

// Its name, for people and for names of files; empty when it has none.
std::string host_name();

}  // namespace stagegate::fs
