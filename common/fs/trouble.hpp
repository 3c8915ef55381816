// Why a file could not be used, in words that say what to look at.
#pragma once

#include <string>
#include <string_view>

#include "common/fs/file.hpp"

namespace stagegate::fs {

// "cannot write /data/x: No space left on device (/data: 0 bytes and 12 inodes free)". What follows
// the reason depends on it: who we are and whose the file is, where it is mounted and how, how much
// room is left.
tl::unexpected<Failure> trouble(std::string_view what, const Path& path, int error);

}  // namespace stagegate::fs
