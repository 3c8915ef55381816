// What POST /v1/records takes, and what it does not.
#include "plugins/audit-writer/serve/submission.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

std::string body_of(const std::string& more = "", const std::string& type = "promotion",
                    const std::string& event = "succeeded") {
  return R"({"idem": "k1", "type": ")" + type + R"(", "event": ")" + event + R"(",
    "operator": {"name": "celes", "kind": "human"}, "project": "stonks", "source_stage": "paper",
    "target_stage": "live", "image_tag": "3f2a91c", "outcome": "success",
    "source": {"system": "kargo"})" +
         more + "}";
}

std::string refusal(const std::string& body) {
  const auto draft = parse_submission(body);
  REQUIRE_FALSE(draft);
  CHECK(draft.error().kind == Failure::Kind::usage);
  return draft.error().message;
}

}  // namespace

TEST_CASE("a record is taken as it is") {
  const auto draft = parse_submission(body_of());
  REQUIRE(draft);
  CHECK(draft->text("image_tag") == "3f2a91c");
}

TEST_CASE("a record without a key is refused: a second try would store it twice") {
  auto body = body_of();
  body.erase(body.find(R"("idem": "k1", )"), 14);
  CHECK_THAT(refusal(body), ContainsSubstring("idem"));
}

TEST_CASE("who has the token cannot approve, grant, override or redact with it") {
  for (const auto& [type, event] :
       std::vector<std::pair<std::string, std::string>>{{"promotion", "approved"},
                                                        {"promotion", "rejected"},
                                                        {"gate", "overridden"},
                                                        {"break_glass", "grant"},
                                                        {"break_glass", "consume"},
                                                        {"break_glass", "review"},
                                                        {"log", "redacted"}}) {
    INFO(type << "." << event);
    CHECK_THAT(refusal(body_of("", type, event)), ContainsSubstring("is not taken here"));
  }
}

TEST_CASE("nobody is verified because a caller says so") {
  auto body = body_of(R"(, "approver": {"name": "ann", "kind": "human", "verified": true})");
  body.replace(body.find(R"("kind": "human"}, "project")"), 15,
               R"("kind": "human", "verified": true)");
  const auto draft = parse_submission(body);
  REQUIRE(draft);
  CHECK_FALSE(*draft->find("operator")->find("verified")->boolean());
  CHECK_FALSE(*draft->find("approver")->find("verified")->boolean());
}

TEST_CASE("the log's own members are not the caller's to give") {
  const auto message = refusal(body_of(R"(, "seq": 7, "prev": "00")"));
  CHECK_THAT(message, ContainsSubstring("seq: is given by the log"));
  CHECK_THAT(message, ContainsSubstring("prev: is given by the log"));
}

TEST_CASE("all faults of a record are told at once") {
  const auto message = refusal(R"({"type": "promotion", "event": "succeeded", "seq": 1,
                                   "image_tag": "not a tag", "colour": "red"})");
  for (const auto* part : {"seq", "idem", "image_tag", "colour", "target_stage", "outcome"}) {
    INFO(part);
    CHECK_THAT(message, ContainsSubstring(part));
  }
}

TEST_CASE("what is no JSON object is refused") {
  for (const auto* body : {"", "[]", "7", "{", "{\"a\": 1, \"a\": 2}", "\xff"}) {
    INFO(body);
    CHECK_FALSE(parse_submission(body));
  }
}
