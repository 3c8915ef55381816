#include "common/time/tzif.hpp"
#include "common/time/zone_data.hpp"
#include "tests/catch.hpp"

using namespace stagegate;

namespace {

std::string bytes_of(std::string_view name) {
  for (const auto& zone : time::embedded_zones()) {
    if (zone.name == name) return std::string(time::embedded_bytes(zone));
  }
  FAIL("no such zone");
  return {};
}

void put_32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

std::string header(char version, std::uint32_t leaps, std::uint32_t times, std::uint32_t types,
                   std::uint32_t chars) {
  std::string out = "TZif";
  out += version;
  out.append(15, '\0');
  for (const auto count : {std::uint32_t{0}, std::uint32_t{0}, leaps, times, types, chars})
    put_32(out, count);
  return out;
}

// One type, "UTC", and the given transitions.
std::string small_file(const std::vector<std::uint32_t>& times, const std::string& footer,
                       std::uint8_t type = 0, std::uint32_t leaps = 0) {
  std::string out = header('2', 0, 0, 0, 0);
  out += header('2', leaps, static_cast<std::uint32_t>(times.size()), 1, 4);
  for (const auto at : times) {
    put_32(out, 0);
    put_32(out, at);
  }
  out.append(times.size(), static_cast<char>(type));
  put_32(out, 0);
  out += std::string("\0\0UTC\0", 6);
  out.append(leaps * 12, '\0');
  return out + footer;
}

}  // namespace

TEST_CASE("every embedded zone can be read") {
  REQUIRE(time::embedded_zones().size() > 400);
  for (const auto& zone : time::embedded_zones()) {
    INFO(zone.name);
    CHECK(time::parse_tzif(time::embedded_bytes(zone)));
  }
}

TEST_CASE("the smallest file is read") {
  CHECK(time::parse_tzif(small_file({}, "\nUTC0\n")));
}

TEST_CASE("a file cut short anywhere is refused") {
  const std::string whole = bytes_of("America/New_York");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto table = time::parse_tzif(std::string_view(whole).substr(0, size));
    REQUIRE_FALSE(table);
    REQUIRE(table.error().kind == Failure::Kind::unknown);
  }
}

TEST_CASE("no single wrong byte makes the reader leave its file") {
  // Under the sanitizers this is where a missing bounds check shows.
  const std::string whole = bytes_of("Europe/Dublin");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char wrong : {'\0', '\x7f', '\xff'}) {
      std::string bytes = whole;
      bytes[at] = wrong;
      if (!time::parse_tzif(bytes)) ++refused;
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("files that would lead to guesses are refused, with the reason") {
  const auto refused = [](const std::string& bytes, const std::string& why) {
    const auto table = time::parse_tzif(bytes);
    REQUIRE_FALSE(table);
    CHECK(table.error().kind == Failure::Kind::unknown);
    CHECK_THAT(table.error().message, ContainsSubstring(why));
  };
  refused("", "no header");
  refused("just a text file that is long enough to hold a header, but is none", "no header");
  refused(header('\0', 0, 0, 0, 0), "2037");
  refused(small_file({}, ""), "footer");
  refused(small_file({}, "\n\n"), "no rule");
  refused(small_file({}, "\nUTC0\nmore\n"), "footer");
  refused(small_file({}, "\nnonsense\n"), "nonsense");
  refused(small_file({200, 100}, "\nUTC0\n"), "out of order");
  refused(small_file({100}, "\nUTC0\n", 1), "not there");
  refused(small_file({}, "\nUTC0\n", 0, 1), "leap seconds");
}

TEST_CASE("counts that add up to more than the file has are refused, however large") {
  std::string bytes = header('2', 0, 0, 0, 0);
  bytes += header('2', 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff);
  CHECK_FALSE(time::parse_tzif(bytes));
}
