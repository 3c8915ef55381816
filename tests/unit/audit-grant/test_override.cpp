// Which grant lets a promotion through, and how those that do not are told by name.
#include "tests/unit/audit-grant/records.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

const std::string kGrant = "01J0000000000000000000000A";
const std::string kOther = "01J0000000000000000000000B";

class Told {
 public:
  Told& grant(const GrantRequest& request, const std::string& id = kGrant) {
    return add(placed(drafted(request), id));
  }
  Told& use(const std::string& consumer, const std::string& id = kGrant) {
    return add(placed(consume_draft(grant_called(id), passage(consumer)), "use",
                      "2026-11-24T15:01:00.000Z"));
  }
  Told& event(const std::string& name, const std::string& id = kGrant) {
    return add(text::Json()
                   .set("type", "break_glass")
                   .set("event", name)
                   .set("break_glass", text::Json().set("grant", id)));
  }
  Told& redaction(std::uint64_t seq) {
    return add(text::Json()
                   .set("type", "log")
                   .set("event", "redacted")
                   .set("log", text::Json().set("redacts", seq)));
  }
  Told& add(const text::Json& record) {
    book_.take(seq_++, record);
    return *this;
  }

  Result<std::optional<Override>> ask(const Passage& who = passage(), const std::string& at = kNow,
                                      GrantRules rules = {}) const {
    return find_override(book_.grants(), who, rules, stamp(at));
  }
  std::string refusal(const Passage& who = passage(), const std::string& at = kNow,
                      GrantRules rules = {}) const {
    const auto answer = ask(who, at, rules);
    if (answer) return "";
    CHECK(answer.error().kind == Failure::Kind::refused);
    return answer.error().message;
  }
  bool passes(const Passage& who = passage(), const std::string& at = kNow) const {
    const auto answer = ask(who, at);
    return answer && answer->has_value();
  }
  const std::vector<GrantState>& grants() const { return book_.grants(); }

 private:
  std::uint64_t seq_ = 7;
  GrantBook book_;
};

Passage with(std::string Passage::*member, const std::string& value) {
  Passage changed = passage();
  changed.*member = value;
  return changed;
}

}  // namespace

TEST_CASE("a grant lets the promotion through that it is meant for") {
  const auto answer = Told().grant(request()).ask();
  REQUIRE(answer);
  REQUIRE(answer->has_value());
  CHECK((*answer)->grant.id == kGrant);
  CHECK((*answer)->grant.seq == 7);
  CHECK((*answer)->grant.granter.name == "ann@example.com");
  CHECK_FALSE((*answer)->used_before);
}

TEST_CASE("no grant, or none that has to do with this promotion, is no answer") {
  CHECK(Told().ask()->has_value() == false);
  auto elsewhere = request();
  elsewhere.scope.image_tag = "def456";
  CHECK(Told().grant(elsewhere).ask()->has_value() == false);
}

TEST_CASE("a used grant lets its consumer through again and refuses everybody else by name") {
  Told told;
  told.grant(request()).use("live.01a");
  const auto again = told.ask(passage("live.01a"));
  REQUIRE(again);
  CHECK((*again)->used_before);
  CHECK(told.refusal(passage("live.01b")) ==
        "grant " + kGrant +
            " was already used by \"live.01a\" at 2026-11-24T15:01:00.000Z (record 8)");
}

TEST_CASE(
    "two people are asked for of a used grant as well: another gate may have let it through") {
  Told told;
  told.grant(request()).use("live.01a");
  const GrantRules two{.require_second_person = true};
  CHECK(told.ask(passage("live.01a"), kNow, two)->has_value());
  auto own = passage("live.01a");
  own.promoter = "email:ann@example.com";
  CHECK_THAT(told.refusal(own, kNow, two), ContainsSubstring("it needs a second person"));
  own.promoter = "";
  CHECK_THAT(told.refusal(own, kNow, two), ContainsSubstring("nothing says who asked"));
}

TEST_CASE("the first use counts, whatever a damaged log says after it") {
  Told told;
  told.grant(request()).use("live.01a").use("live.01b");
  CHECK(told.passes(passage("live.01a")));
  CHECK_FALSE(told.passes(passage("live.01b")));
}

TEST_CASE("a use is answered again after the grant has ended, until it is revoked") {
  Told told;
  told.grant(request()).use("live.01a");
  CHECK(told.passes(passage("live.01a"), "2026-11-24T20:00:00.000Z"));
  told.event("revoke");
  CHECK_THAT(told.refusal(), ContainsSubstring("was revoked (record 9)"));
}

TEST_CASE("a grant holds from its beginning on and not at its end") {
  auto later = request();
  later.not_before = stamp("2026-11-24T15:30:00Z");
  Told told;
  told.grant(later);
  CHECK_THAT(told.refusal(passage(), "2026-11-24T15:29:59.999Z"), ContainsSubstring("holds only"));
  CHECK(told.passes(passage(), "2026-11-24T15:30:00.000Z"));
  CHECK(told.passes(passage(), "2026-11-24T16:29:59.999Z"));
  CHECK_THAT(told.refusal(passage(), "2026-11-24T16:42:00.000Z"),
             ContainsSubstring("has expired at 2026-11-24T16:30:00.000Z"));
}

TEST_CASE("a grant that nobody would have written lets nothing through") {
  const auto changed = [](const std::string& key, const std::string& value) {
    auto record = placed(drafted(request()), kGrant);
    auto grant = *record.find("break_glass");
    return record.set("break_glass", grant.set(key, value));
  };
  CHECK_FALSE(Told().add(changed("expires_at", "2026-11-24T19:00:00.001Z")).passes());
  CHECK_FALSE(Told().add(changed("expires_at", "soon")).passes());
  CHECK_FALSE(Told().add(changed("not_before", "")).passes());
  auto unbound = request();
  auto record = placed(drafted(unbound), kGrant);
  auto grant = *record.find("break_glass");
  auto scope = *grant.find("scope");
  record.set("break_glass", grant.set("scope", scope.set("image_tag", "")));
  CHECK_FALSE(Told().add(record).passes());
}

TEST_CASE("a grant for something else that it was nearly meant for says what it is for") {
  Told told;
  told.grant(request());
  CHECK_THAT(told.refusal(with(&Passage::target_stage, "paper")),
             ContainsSubstring("is for stage \"live\", not \"paper\""));
  CHECK_THAT(told.refusal(with(&Passage::project, "")),
             ContainsSubstring("is for project \"stonks\", not \"\""));
  CHECK(told.ask(with(&Passage::gate, "integration-tests"))->has_value() == false);

  auto named = request();
  named.scope.promotion = "live.01z";
  CHECK_THAT(Told().grant(named).refusal(),
             ContainsSubstring("is for promotion \"live.01z\", not \"live.01a\""));
}

TEST_CASE("near misses that could not be used anyway are not told") {
  Told told;
  told.grant(request()).use("live.01x");
  CHECK(told.ask(with(&Passage::target_stage, "paper"))->has_value() == false);
}

TEST_CASE("the next promotion is told whom the grant was for, and that it is used") {
  auto named = request();
  named.scope.promotion = "live.01a";
  Told told;
  told.grant(named).use("live.01a");
  CHECK_THAT(told.refusal(passage("live.01b")),
             ContainsSubstring("is for promotion \"live.01a\", not \"live.01b\", which has used it "
                               "at 2026-11-24T15:01:00.000Z (record 8)"));
}

TEST_CASE("the grant for this very promotion is used before one for the tag") {
  auto named = request();
  named.scope.promotion = "live.01a";
  Told told;
  told.grant(request(), kOther).grant(named).grant(request(), "01J0000000000000000000000C");
  CHECK((*told.ask())->grant.id == kGrant);
}

TEST_CASE("one grant that is used does not hide another that is free") {
  Told told;
  told.grant(request()).use("live.01z").grant(request(), kOther);
  CHECK((*told.ask())->grant.id == kOther);
}

TEST_CASE("a promotion without a name uses nothing up") {
  auto nobody = passage("");
  CHECK(Told().grant(request()).ask(nobody)->has_value() == false);
}

TEST_CASE("two people: the granter is not who asked for the promotion") {
  const GrantRules rules{.require_second_person = true};
  Told told;
  told.grant(request());
  CHECK(told.ask(passage(), kNow, rules)->has_value());
  CHECK_THAT(told.refusal(with(&Passage::promoter, "email:ann@example.com"), kNow, rules),
             ContainsSubstring("needs a second person"));
  CHECK_THAT(told.refusal(with(&Passage::promoter, ""), kNow, rules),
             ContainsSubstring("nothing says who asked"));
  CHECK_THAT(told.refusal(with(&Passage::promoter, "unknown actor"), kNow, rules),
             ContainsSubstring("nothing says who asked"));
}

TEST_CASE("a redaction behind a grant makes its being unused unprovable") {
  Told told;
  told.grant(request()).redaction(6);
  CHECK(told.passes());
  told.redaction(8);
  CHECK_THAT(told.refusal(), ContainsSubstring("record 8 is redacted"));
}

TEST_CASE("grants are told with what became of them") {
  Told told;
  told.grant(request())
      .use("live.01a")
      .event("review")
      .grant(request(), kOther)
      .event("revoke", kOther);
  REQUIRE(told.grants().size() == 2);
  CHECK(told.grants()[0].use->consumer == "live.01a");
  CHECK(told.grants()[0].reviewed == 9);
  CHECK_FALSE(told.grants()[0].revoked);
  CHECK(told.grants()[1].revoked == 11);
  CHECK_FALSE(told.grants()[1].use);
}
