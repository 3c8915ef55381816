// A program of its own: use_zone_directory holds for the whole process.
#include <filesystem>
#include <fstream>

#include "common/time/zone.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using time::Zone;

TEST_CASE("zones of a directory replace the built-in ones and fail closed") {
  const auto directory = std::filesystem::temp_directory_path() / "stagegate_test_tzdir";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory / "Mars");
  std::ofstream(directory / "Mars/Broken") << "TZif";
  REQUIRE_FALSE(time::use_zone_directory((directory / "absent").string()));
  REQUIRE(time::use_zone_directory(directory.string()));

  const auto broken = Zone::find("Mars/Broken");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind == Failure::Kind::unknown);
  CHECK_THAT(broken.error().message, ContainsSubstring("Mars/Broken"));
  CHECK_FALSE(Zone::find("Mars"));
  CHECK_FALSE(Zone::find("America/New_York"));
  std::filesystem::remove_all(directory);
}
