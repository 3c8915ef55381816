// What a grant has to say before it is written down, and what its use says.
#include "tests/unit/audit-grant/records.hpp"

using namespace stagegate;
using namespace stagegate::audit;

TEST_CASE("a grant is a record that the schema's rules accept") {
  const Draft draft = drafted(request());
  CHECK(fault_of(draft) == "");
  const auto* grant = draft.find("break_glass");
  REQUIRE(grant != nullptr);
  CHECK(grant->text("expires_at") == "2026-11-24T16:00:00.000Z");
  CHECK(grant->find("max_uses")->integer() == 1);
  CHECK(grant->find("scope")->text("target_stage") == "live");
  CHECK(draft.find("operator")->text("name") == "ann@example.com");
}

TEST_CASE("a grant that lacks something is refused with everything that it lacks") {
  const auto draft = grant_draft({}, stamp(kNow));
  REQUIRE_FALSE(draft);
  CHECK(draft.error().kind == Failure::Kind::usage);
  for (const auto* word : {"gate:", "stage:", "image_tag:", "operator:", "justification:"}) {
    CHECK_THAT(draft.error().message, ContainsSubstring(word));
  }
}

TEST_CASE("a justification has ten characters that are no blanks around it") {
  auto given = request();
  for (const auto* text : {"", "123456789", "   hotfix   \n", "äöüäöüäöü"}) {
    given.justification = text;
    CHECK_FALSE(grant_draft(given, stamp(kNow)));
  }
  for (const auto* text : {"1234567890", "äöüäöüäöüä"}) {
    given.justification = text;
    CHECK(grant_draft(given, stamp(kNow)));
  }
}

TEST_CASE("a grant ends at most four hours from now, wherever it begins") {
  auto given = request();
  given.lifetime = kLongestGrant;
  CHECK(grant_draft(given, stamp(kNow)));
  given.not_before = stamp(kNow) + std::chrono::minutes{1};
  CHECK_FALSE(grant_draft(given, stamp(kNow)));
  given.not_before.reset();
  given.lifetime += std::chrono::milliseconds{1};
  CHECK_FALSE(grant_draft(given, stamp(kNow)));
  given.lifetime = std::chrono::milliseconds{0};
  CHECK_FALSE(grant_draft(given, stamp(kNow)));
}

TEST_CASE("a grant whose time has passed already is refused") {
  auto given = request();
  given.lifetime = std::chrono::hours{1};
  given.not_before = stamp(kNow) - std::chrono::minutes{59};
  CHECK(grant_draft(given, stamp(kNow)));
  given.not_before = stamp(kNow) - std::chrono::minutes{60};
  const auto draft = grant_draft(given, stamp(kNow));
  REQUIRE_FALSE(draft);
  CHECK(draft.error().kind == Failure::Kind::usage);
  CHECK_THAT(draft.error().message, ContainsSubstring("would have ended at"));
}

TEST_CASE("a grant may name a promotion instead of an image tag") {
  auto given = request();
  given.scope.image_tag.clear();
  given.scope.promotion = "live.01a";
  CHECK(fault_of(drafted(given)) == "");
}

TEST_CASE("the use of a grant is a record that says who used it, and why it was given") {
  const Draft draft = consume_draft(grant_called("01J0000000000000000000000A"), passage());
  CHECK(fault_of(draft) == "");
  CHECK(draft.text("idem") == "consume:01J0000000000000000000000A:live.01a");
  CHECK(draft.find("break_glass")->text("consumer") == "live.01a");
  CHECK(draft.find("break_glass")->text("justification") == "orders are lost, INC-42");
  CHECK(draft.find("operator")->text("name") == "ann@example.com");
  CHECK(draft.find("source")->text("promotion") == "live.01a");
}

TEST_CASE("a consumer that fits into no key is hashed into it") {
  const auto key = [](const std::string& consumer) {
    const auto draft = consume_draft(grant_called("01J0000000000000000000000A"), passage(consumer));
    return std::string(draft.text("idem"));
  };
  CHECK_THAT(std::string(key("a b")), ContainsSubstring("sha256-"));
  CHECK_THAT(std::string(key(std::string(253, 'x'))), ContainsSubstring("sha256-"));
  CHECK(key(std::string(253, 'x')) != key(std::string(252, 'x')));
}

TEST_CASE("a pipeline that uses a grant is named by its repository and number") {
  auto pipeline = passage("");
  pipeline.consumer = "stonks/oracle#57";
  const Draft draft = consume_draft(grant_called("01J0000000000000000000000A"), pipeline);
  CHECK(fault_of(draft) == "");
  CHECK(draft.find("source")->text("repo") == "stonks/oracle");
  CHECK(consumer_of(draft) == "stonks/oracle#57");
}
