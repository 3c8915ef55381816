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

bool means_the_same(const Draft& first, const Draft& again) {
  return same_meaning(text::parse_json(line_of(first).value()).value(), again);
}

Draft grant(const std::string& begin, const std::string& end) {
  return Draft()
      .set("type", "break_glass")
      .set("break_glass", Json().set("not_before", begin).set("expires_at", end));
}

}  // namespace

TEST_CASE("a draft that is fit for a record is left alone") {
  const Draft draft = promotion().set("notes", "Größe\n");
  CHECK(tidy(draft) == draft);
}

TEST_CASE("malformed UTF-8 is replaced wherever it is, and the record says so") {
  const Draft tidied = tidy(promotion()
                                .set("notes", "a\xffz")
                                .set("fixes", Json::Array{Json("\xc3")})
                                .set("x", Json().set("\xe2\x80", 1)));
  CHECK(tidied.text("notes") == "a\xef\xbf\xbdz");
  CHECK(tidied.find("fixes")->array()->front() == Json("\xef\xbf\xbd"));
  CHECK(tidied.find("x")->object()->front().first == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(*tidied.find("sanitized") == Json(true));
  CHECK(check_draft(tidied));
}

TEST_CASE("notes that are too long are cut between characters, and the whole's hash is kept") {
  const std::string whole = std::string(kLongestNotes - 1, 'n') + "ß and more";
  const Draft tidied = tidy(promotion().set("notes", whole));
  CHECK(tidied.text("notes") == std::string(kLongestNotes - 1, 'n'));
  CHECK(tidied.text("notes_truncated_sha256") == crypto::hex(crypto::sha256(whole)));
  CHECK(check_draft(tidied));
  CHECK(tidy(tidied) == tidied);
}

TEST_CASE("notes that just fit are not cut") {
  const std::string whole(kLongestNotes, 'n');
  CHECK(tidy(promotion().set("notes", whole)) == promotion().set("notes", whole));
}

TEST_CASE("the hash of cut notes is of what was handed over, broken bytes and all") {
  const std::string whole = "\xff" + std::string(kLongestNotes - 1, 'n');
  const Draft tidied = tidy(promotion().set("notes", whole));
  CHECK(tidied.text("notes").size() == kLongestNotes);
  CHECK(tidied.text("notes_truncated_sha256") == crypto::hex(crypto::sha256(whole)));
}

TEST_CASE("a retry means the same as the record that it finds") {
  CHECK(means_the_same(promotion("a"), promotion("a")));
}

TEST_CASE("what differs between two tries of a step does not count") {
  const Draft first = promotion("a").set("gate", Json().set("name", "g").set("evaluated_at", "1"));
  const Draft again = promotion("a")
                          .set("gate", Json().set("name", "g").set("evaluated_at", "2"))
                          .set("occurred_at", "2026-11-21T06:31:00Z")
                          .set("duration_ms", 5)
                          .set("writer", Json().set("tool", "x").set("version", "2"));
  CHECK(means_the_same(first, again));
}

TEST_CASE("the order of members does not count, nor how a number is held") {
  CHECK(same_meaning(text::parse_json(R"({"x":{"a":1,"b":2}})").value(),
                     Draft().set("x", Json().set("b", std::uint64_t{2}).set("a", 1.0))));
}

TEST_CASE("everything else counts") {
  const auto [member, value] = GENERATE(table<std::string, Json>({{"notes", "other"},
                                                                  {"image_tag", "b"},
                                                                  {"target_stage", "beta"},
                                                                  {"source_stage", nullptr},
                                                                  {"outcome", "failure"},
                                                                  {"commit_time", "2026"},
                                                                  {"rollback", false}}));
  CHECK_FALSE(means_the_same(promotion("a"), promotion("a").set(member, value)));
}

TEST_CASE("a grant that is asked for again may begin later, but not last longer") {
  const Json stored = grant("2026-11-21T06:30:00Z", "2026-11-21T07:30:00Z");
  CHECK(same_meaning(stored, grant("2026-11-21T06:31:00Z", "2026-11-21T07:31:00Z")));
  CHECK_FALSE(same_meaning(stored, grant("2026-11-21T06:30:00Z", "2026-11-21T08:30:00Z")));
}
