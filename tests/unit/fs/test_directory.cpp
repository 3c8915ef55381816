#include <algorithm>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/fs/descriptor.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/lock.hpp"
#include "common/fs/trouble.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"

using namespace stagegate;
using std::chrono::milliseconds;
using tests::Directory;

TEST_CASE("a directory is made once, with its mode, and may be there already") {
  const Directory directory;
  ::umask(022);
  REQUIRE(fs::make_directory(directory / "new", 0750));
  struct stat status = {};
  REQUIRE(::stat((directory / "new").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777u) == 0750);
  CHECK(fs::make_directory(directory / "new", 0700));
  const auto orphan = fs::make_directory(directory / "no/parent", 0750);
  REQUIRE_FALSE(orphan);
  CHECK_THAT(orphan.error().message, ContainsSubstring("no/parent: No such file or directory"));
}

TEST_CASE("a directory's names are all told, hidden ones too") {
  const Directory directory;
  for (const char* name : {"b", ".a"}) REQUIRE(fs::replace_file(directory / name, ""));
  auto names = fs::list_directory(directory.path()).value();
  std::ranges::sort(names);
  CHECK(names == std::vector<std::string>{".a", "b"});
  CHECK_FALSE(fs::list_directory(directory / "missing"));
}

TEST_CASE("only a directory that is there can be refreshed") {
  const Directory directory;
  CHECK(fs::refresh_directory(directory.path()));
  CHECK_FALSE(fs::refresh_directory(directory / "missing"));
  REQUIRE(fs::replace_file(directory / "file", ""));
  CHECK_THAT(fs::refresh_directory(directory / "file").error().message,
             ContainsSubstring("Not a directory"));
}

TEST_CASE("a file that may be missing is told from one that cannot be read") {
  const Directory directory;
  CHECK(fs::read_if_there(directory / "missing").value() == std::nullopt);
  CHECK_FALSE(fs::read_if_there(directory.path()));
  REQUIRE(fs::replace_file(directory / "file", "x"));
  CHECK(fs::read_if_there(directory / "file").value() == "x");
}

TEST_CASE("a lock is had by one at a time, and again when it is let go") {
  const Directory directory;
  auto first = fs::FileLock::acquire(directory / "lock", milliseconds(0));
  REQUIRE(first);
  CHECK_FALSE(fs::FileLock::acquire(directory / "lock", milliseconds(0)));
  CHECK_FALSE(fs::FileLock::acquire(directory / "lock", milliseconds(5)));
  first.reset();
  CHECK(fs::FileLock::acquire(directory / "lock", milliseconds(0)));
}

TEST_CASE("a lock that is let go in time is had by who waits for it") {
  const Directory directory;
  auto first = fs::FileLock::acquire(directory / "lock", milliseconds(0));
  std::thread holder([&] { first.reset(); });
  CHECK(fs::FileLock::acquire(directory / "lock", std::chrono::minutes(1)));
  holder.join();
}

TEST_CASE("where there can be no lock file there is no lock, and no failure") {
  const Directory directory;
  CHECK_FALSE(fs::FileLock::acquire(directory / "no/lock", milliseconds(1000)));
}

TEST_CASE("the reason of a failure survives the closing of the file") {
  const Directory directory;
  const auto errno_after_use = [&] {
    const fs::Descriptor file = fs::open_file(directory.path(), O_RDONLY | O_DIRECTORY);
    const fs::Descriptor missing = fs::open_file(directory / "missing", O_RDONLY);
    CHECK_FALSE(missing.open());
    return errno;
  };
  CHECK(errno_after_use() == ENOENT);
  CHECK(errno == ENOENT);
}

TEST_CASE("a trouble is told with what to look at") {
  const Directory directory;
  const fs::Path path = directory / "file";
  const auto told = [&](int error) { return fs::trouble("write", path, error).value().message; };
  const std::string begin = "cannot write " + path.native() + ": ";
  CHECK(told(EIO) == begin + "Input/output error");
  CHECK_THAT(told(ENOSPC), ContainsSubstring(begin + "No space left on device (" +
                                             directory.path().native() + ": "));
  CHECK_THAT(told(ENOSPC), ContainsSubstring(" inodes free)"));
  CHECK_THAT(told(EDQUOT), ContainsSubstring(" bytes and "));
  CHECK_THAT(told(EACCES), ContainsSubstring("this is uid " + std::to_string(::geteuid())));
  CHECK_THAT(told(EACCES), ContainsSubstring(" has mode 0700 and belongs to "));
  CHECK_THAT(told(EROFS), ContainsSubstring(" is mounted from "));
}
