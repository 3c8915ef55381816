#include "common/fs/file.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/directory.hpp"

using namespace stagegate;
using tests::Directory;

namespace {

void put(const fs::Path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// Files of this process may not grow past this while it lives; a write that would gets an error,
// not a signal.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;
  ~SizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

}  // namespace

TEST_CASE("a file is read whole, with every byte it has") {
  const Directory directory;
  const std::string bytes("a\0b\r\n\xff", 6);
  put(directory / "file", bytes);
  CHECK(fs::read_file(directory / "file") == bytes);
}

TEST_CASE("what cannot be read is said with its name and the reason") {
  const Directory directory;
  const auto missing = fs::read_file(directory / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == Failure::Kind::unknown);
  CHECK_THAT(missing.error().message, ContainsSubstring("missing: No such file or directory"));

  put(directory / "long", std::string(11, 'x'));
  CHECK_THAT(fs::read_file(directory / "long", 10).error().message,
             ContainsSubstring("longer than 10 bytes"));
  CHECK(fs::read_file(directory / "long", 11));
}

TEST_CASE("a directory or a pipe is no file, and a pipe without a writer is not waited for") {
  const Directory directory;
  CHECK_THAT(fs::read_file(directory / ".").error().message, ContainsSubstring("not a regular"));
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(fs::read_file(directory / "pipe").error().message, ContainsSubstring("not a regular"));
}

TEST_CASE("replacing a file leaves the new bytes and nothing beside them") {
  const Directory directory;
  const auto path = directory / "result.json";
  REQUIRE(fs::replace_file(path, "first"));
  REQUIRE(fs::replace_file(path, "second"));
  CHECK(fs::read_file(path) == std::string("second"));
  CHECK(directory.entries() == 1);
}

TEST_CASE("a reader sees the old or the new bytes and never a part") {
  const Directory directory;
  const auto path = directory / "result.json";
  const std::string a(100'000, 'a');
  const std::string b(50'000, 'b');
  REQUIRE(fs::replace_file(path, a));
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) static_cast<void>(fs::replace_file(path, i % 2 == 0 ? b : a));
  });
  int torn = 0;
  for (int i = 0; i < 200; ++i) {
    const auto seen = fs::read_file(path);
    if (!seen || (*seen != a && *seen != b)) ++torn;
  }
  writer.join();
  CHECK(torn == 0);
}

TEST_CASE("a file that cannot be replaced keeps its old bytes") {
  const Directory directory;
  const auto path = directory / "result.json";
  REQUIRE(fs::replace_file(path, "old"));
  {
    const SizeLimit limit(4096);
    const auto result = fs::replace_file(path, std::string(10'000, 'x'));
    REQUIRE_FALSE(result);
    CHECK_THAT(result.error().message, ContainsSubstring("cannot write"));
  }
  CHECK(fs::read_file(path) == std::string("old"));
  CHECK(directory.entries() == 1);
}

TEST_CASE("a symbolic link stays one when its target is replaced") {
  const Directory directory;
  put(directory / "real", "old");
  std::filesystem::create_symlink("real", directory / "link");
  REQUIRE(fs::replace_file(directory / "link", "new"));
  CHECK(std::filesystem::is_symlink(directory / "link"));
  CHECK(fs::read_file(directory / "real") == std::string("new"));
}

TEST_CASE("a pipe is written to, not replaced") {
  const Directory directory;
  const auto path = directory / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(fs::replace_file(path, "hello"));
  char buffer[8] = {};
  CHECK(::read(reader, buffer, sizeof buffer) == 5);
  CHECK(std::string(buffer) == "hello");
  ::close(reader);
}

TEST_CASE("a directory is never replaced, and a missing one is named") {
  const Directory directory;
  CHECK_THAT(fs::replace_file(directory / ".", "x").error().message,
             ContainsSubstring("is a directory"));
  const auto missing = fs::replace_file(directory / "no/file", "x");
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error().message, ContainsSubstring("No such file or directory"));
}

TEST_CASE("appended records follow each other, also after the file is opened again") {
  const Directory directory;
  const auto path = directory / "log";
  {
    auto log = fs::DurableAppend::open(path);
    REQUIRE(log);
    REQUIRE(log->append("one\n"));
    REQUIRE(log->append("two\n"));
  }
  auto again = fs::DurableAppend::open(path);
  REQUIRE(again);
  REQUIRE(again->append("three\n"));
  CHECK(fs::read_file(path) == std::string("one\ntwo\nthree\n"));
}

TEST_CASE("a record that does not fit is taken back whole") {
  const Directory directory;
  const auto path = directory / "log";
  auto log = fs::DurableAppend::open(path);
  REQUIRE(log);
  REQUIRE(log->append("one\n"));
  {
    const SizeLimit limit(4096);
    const auto result = log->append(std::string(10'000, 'x'));
    REQUIRE_FALSE(result);
    CHECK_THAT(result.error().message, ContainsSubstring("cannot append to"));
  }
  CHECK(fs::read_file(path) == std::string("one\n"));
  REQUIRE(log->append("two\n"));
  CHECK(fs::read_file(path) == std::string("one\ntwo\n"));
}

TEST_CASE("an appender that was moved still closes and appends once") {
  const Directory directory;
  auto first = fs::DurableAppend::open(directory / "a");
  auto second = fs::DurableAppend::open(directory / "b");
  REQUIRE(first);
  REQUIRE(second);
  *second = std::move(*first);
  REQUIRE(second->append("x"));
  CHECK(fs::read_file(directory / "a") == std::string("x"));
  CHECK(fs::read_file(directory / "b") == std::string());
}
