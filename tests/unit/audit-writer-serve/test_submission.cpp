// What POST /v1/records takes, and what it does not.
#include "plugins/audit-writer/draft/idempotency.hpp"
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
                                                        {"gate", "passed"},
                                                        {"break_glass", "grant"},
                                                        {"break_glass", "consume"},
                                                        {"break_glass", "review"},
                                                        {"log", "redacted"}}) {
    INFO(type << "." << event);
    CHECK_THAT(refusal(body_of("", type, event)), ContainsSubstring("is not taken here"));
  }
}

TEST_CASE("nobody is verified because a caller says so") {
  auto body = body_of();
  body.replace(body.find(R"("kind": "human"}, "project")"), 15,
               R"("kind": "human", "verified": true)");
  const auto draft = parse_submission(body);
  REQUIRE(draft);
  CHECK_FALSE(*draft->find("operator")->find("verified")->boolean());
}

TEST_CASE("nobody approves by being named in somebody else's record") {
  CHECK_THAT(refusal(body_of(R"(, "approver": {"name": "ann", "kind": "human"})")),
             ContainsSubstring("approver: is not taken here"));
}

TEST_CASE("a caller cannot pass for another writer of the log") {
  const auto draft =
      parse_submission(body_of(R"(, "writer": {"tool": "market-hours-check", "version": "1"})"));
  REQUIRE(draft);
  CHECK(draft->find("writer") == nullptr);
  CHECK_THAT(refusal(body_of(R"(, "log": {"idem": "kargo:live.1:promotion.aborted"})")),
             ContainsSubstring("log: is for the log's own records"));
}

TEST_CASE("a caller cannot take the key of a record that somebody else has to write") {
  const auto with_key = [](const std::string& key, const std::string& promotion) {
    auto body = body_of();
    body.replace(body.find("k1"), 2, key);
    const std::string source = R"("system": "kargo")";
    return body.replace(body.find(source), source.size(),
                        source + R"(, "promotion": ")" + promotion + "\"");
  };
  for (const auto* key : {"gate:passed:0000", "consume:01J0:live.1", "grant:r1", "approval:r1",
                          "revoke:01J0", "review:01J0", "redact:7", "recover:00", "repair:f"}) {
    INFO(key);
    CHECK_THAT(refusal(with_key(key, "live.1")), ContainsSubstring("idem: keys that begin with"));
  }
  // `watch` would take what it has seen for recorded.
  for (const auto* key :
       {"kargo:live.1:promotion.aborted", "kargo:live.2:promotion.succeeded",
        "kargo:stonks/f1:promotion.approved:live", "kargo:live.1:promotion.succeeded:more"}) {
    INFO(key);
    CHECK_THAT(refusal(with_key(key, "live.1")),
               ContainsSubstring("idem: a key that begins with kargo:"));
  }
  CHECK(parse_submission(with_key("kargo:live.1:promotion.succeeded", "live.1")));
  const std::string longest(253, 'p');
  CHECK(parse_submission(with_key(fit_key("kargo:" + longest + ":promotion.succeeded"), longest)));
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
