// Directories as they are now, and not as a network file system remembers them.
#pragma once

#include <string>
#include <vector>

#include "common/fs/file.hpp"

namespace stagegate::fs {

// An NFS client remembers for half a minute which names a directory has and has not. Opening the
// directory and asking for its attributes makes it look again (measured; opening the file does
// not).
Result<> refresh_directory(const Path& directory);

// The names in it, in no order, without . and ..
Result<std::vector<std::string>> list_directory(const Path& directory);

// Makes it, with a mode less the umask, and its name lasting. It may be there already.
Result<> make_directory(const Path& directory, unsigned mode);

}  // namespace stagegate::fs
