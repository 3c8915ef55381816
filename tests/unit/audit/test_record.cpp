#include <set>

#include "common/audit/record/record.hpp"
#include "common/crypto/encoding.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/records.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::line_of;
using tests::promotion;
using text::Json;

namespace {

Json parsed(const std::string& line) {
  return text::parse_json(line).value();
}

std::string notes_in_line(const std::string& notes) {
  return line_of(promotion().set("notes", notes)).value();
}

}  // namespace

TEST_CASE("a stamp is written and read to the millisecond") {
  const Stamp stamp = parse_stamp("2026-11-21T06:30:00.123Z").value();
  CHECK(show(stamp) == "2026-11-21T06:30:00.123Z");
  CHECK(show(parse_stamp("2026-11-21T06:30:00Z").value()) == "2026-11-21T06:30:00.000Z");
  CHECK(show(parse_stamp("2026-11-21T06:30:00.5Z").value()) == "2026-11-21T06:30:00.500Z");
  CHECK(show(parse_stamp("2026-11-21T06:30:00.123999999Z").value()) == "2026-11-21T06:30:00.123Z");
}

TEST_CASE("a stamp in another form than the log's is refused") {
  for (const char* text :
       {"", "Z", "2026-11-21", "2026-11-21T06:30:00", "2026-11-21T06:30:00+00:00",
        "2026-11-21 06:30:00Z", "2026-11-21T06:30Z", "2026-11-21t06:30:00Z", "2026-11-21T06:30:00z",
        "2026-02-30T06:30:00Z", "2026-11-21T24:30:00Z", "2026-11-21T06:30:00.Z",
        "2026-11-21T06:30:00.1234567890Z", "2026-11-21T06:30:00,5Z", "2026-11-21T06:30:00.-1Z"}) {
    INFO(text);
    CHECK_FALSE(parse_stamp(text));
  }
}

TEST_CASE("a line begins with v, seq, prev and ts, in this order") {
  Place place{.seq = 41, .prev = {}, .ts = parse_stamp("2026-11-21T06:30:00.123Z").value()};
  place.prev.fill(0xab);
  place.writer = tests::test_writer();
  const std::string line = compose_line(promotion("a"), place).value();
  CHECK(line.starts_with(R"({"v":1,"seq":41,"prev":")" + crypto::hex(place.prev) +
                         R"(","ts":"2026-11-21T06:30:00.123Z","idem":"a","type":"promotion",)"));
  const auto head = read_head(line);
  REQUIRE(head);
  CHECK(head->seq == 41);
  CHECK(head->prev == crypto::hex(place.prev));
  CHECK(head->ts == "2026-11-21T06:30:00.123Z");
}

TEST_CASE("a composed line obeys the rules of records") {
  CHECK(check_record(parsed(line_of(promotion("a")).value())));
}

TEST_CASE("each record has an id and a salt that no other has") {
  std::set<std::string> ids;
  std::set<std::string> salts;
  for (int i = 0; i < 100; ++i) {
    const Json record = parsed(line_of(promotion()).value());
    ids.emplace(record.text("id"));
    salts.emplace(record.text("salt"));
  }
  CHECK(ids.size() == 100);
  CHECK(salts.size() == 100);
}

TEST_CASE("a ULID begins with its time, so that ids sort like times") {
  const std::string early = make_ulid(parse_stamp("2026-11-21T06:30:00.123Z").value());
  const std::string late = make_ulid(parse_stamp("2026-11-21T06:30:00.124Z").value());
  CHECK(early.substr(0, 10) < late.substr(0, 10));
  CHECK(make_ulid(Stamp{}).substr(0, 10) == "0000000000");
  // 32^9, the value of the first digit.
  CHECK(make_ulid(Stamp{std::chrono::milliseconds{std::int64_t{1} << 45}}).substr(0, 10) ==
        "1000000000");
}

TEST_CASE("a clock that went back is told, by how much") {
  Place place{.seq = 1, .ts = parse_stamp("2026-11-21T06:30:00.000Z").value()};
  place.writer = tests::test_writer();
  place.previous_ts = parse_stamp("2026-11-21T06:30:01.500Z").value();
  CHECK(parsed(compose_line(promotion(), place).value()).find("clock_behind_ms")->integer() ==
        1500);
  place.previous_ts = place.ts;
  CHECK(parsed(compose_line(promotion(), place).value()).find("clock_behind_ms") == nullptr);
}

TEST_CASE("the writer that a draft names is kept, else the log's is told") {
  const Json own = Json().set("tool", "audit-writer").set("version", "2");
  CHECK(*parsed(line_of(promotion().set("writer", own)).value()).find("writer") == own);
  CHECK(*parsed(line_of(promotion()).value()).find("writer") == tests::test_writer());
}

TEST_CASE("characters that end lines, move cursors or turn text around are escaped") {
  const auto [notes, escaped] = GENERATE(table<std::string, std::string>({
      {std::string("\0", 1), "\\u0000"},
      {"\b", "\\u0008"},
      {"\t", "\\u0009"},
      {"\n", "\\u000a"},
      {"\f", "\\u000c"},
      {"\r", "\\u000d"},
      {"\x1b[31m", "\\u001b[31m"},
      {"\x7f", "\\u007f"},
      {"\xc2\x80", "\\u0080"},
      {"\xc2\x9b", "\\u009b"},
      {"\xc2\x9f", "\\u009f"},
      {"\xe2\x80\xa8", "\\u2028"},
      {"\xe2\x80\xa9", "\\u2029"},
      {"\xe2\x80\xaa", "\\u202a"},
      {"\xe2\x80\xae", "\\u202e"},
      {"\xe2\x81\xa6", "\\u2066"},
      {"\xe2\x81\xa9", "\\u2069"},
  }));
  const std::string line = notes_in_line("a" + notes + "z");
  CHECK_THAT(line, ContainsSubstring("\"notes\":\"a" + escaped + "z\""));
  CHECK(parsed(line).text("notes") == "a" + notes + "z");
}

TEST_CASE("other letters stay as they are, so that grep finds them") {
  const std::string notes = "Größe é 日本 🚀 \xc2\xa0 \xe2\x80\xa7 \xe2\x81\xa5 \xe2\x81\xaa";
  CHECK_THAT(notes_in_line(notes), ContainsSubstring(notes));
}

TEST_CASE("quotation marks and backslashes survive, also before what is escaped") {
  const std::string notes = "\\n \\u0041 \"x\" \\\n \\\\";
  CHECK(parsed(notes_in_line(notes)).text("notes") == notes);
}

TEST_CASE("names of members are escaped like their values") {
  const std::string line = line_of(promotion().set("x", Json().set("a\xe2\x80\xae", 1))).value();
  CHECK_THAT(line, ContainsSubstring("a\\u202e"));
}

TEST_CASE("a line has at most 65,535 bytes") {
  const auto with = [](std::size_t length) {
    return line_of(promotion().set("x", Json().set("pad", std::string(length, 'x'))));
  };
  const std::size_t base = with(0).value().size();
  CHECK(with(kLongestLine - base).value().size() == kLongestLine);
  const auto refused = with(kLongestLine - base + 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Failure::Kind::usage);
  CHECK_THAT(refused.error().message, ContainsSubstring("65536 bytes"));
}

TEST_CASE("the head of a line is read to the letter") {
  const std::string hash(64, 'a');
  const std::string good = R"({"v":1,"seq":7,"prev":")" + hash + R"(","ts":"t"})";
  REQUIRE(read_head(good));
  CHECK(read_head(R"({"v":2,"seq":7,"prev":")" + hash + R"(","ts":"t","new":1})"));
  for (const std::string& line :
       {std::string(), std::string("{"), " " + good, R"({"seq":7,"v":1,"prev":")" + hash + R"("})",
        R"({"v":1,"seq":07,"prev":")" + hash + R"(","ts":"t"})",
        R"({"v":1,"seq":-7,"prev":")" + hash + R"(","ts":"t"})",
        R"({"v":1,"seq":18446744073709551616,"prev":")" + hash + R"(","ts":"t"})",
        R"({"v":1,"seq":7,"prev":")" + hash + R"(0","ts":"t"})",
        R"({"v":1,"seq":7,"prev":")" + hash + R"(","ts":"t)"}) {
    INFO(line);
    CHECK_FALSE(read_head(line));
  }
}

TEST_CASE("the first record's prev is the leaf hash of the origin") {
  CHECK(first_prev("x") == leaf_hash("x"));
}
