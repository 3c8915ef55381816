// Approval notes: whose word counts, for what, and for how long.
#include "common/audit/grant/gate_record.hpp"
#include "tests/unit/audit-grant/records.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

ApprovalRequest word(const std::string& promotion = "", bool approved = true) {
  ApprovalRequest request;
  request.approved = approved;
  request.project = "stonks";
  request.target_stage = "live";
  request.image_tag = "abc123";
  request.promotion = promotion;
  request.approver = ann();
  request.note = "tested on paper for a week";
  return request;
}

class Told {
 public:
  explicit Told(Passage who = passage()) : book_(std::move(who)) {}
  Told& say(const ApprovalRequest& request) {
    const auto draft = approval_draft(request);
    REQUIRE(draft);
    return add(*draft);
  }
  Told& passed(const Passage& who, GateEvent event = GateEvent::passed) {
    return add(gate_draft({.event = event, .passage = who, .reason = "outside_hours"}));
  }
  Told& add(text::Json record) {
    book_.take(seq_++, placed(std::move(record), "id"));
    return *this;
  }
  bool approved(GrantRules rules = {}) const {
    const auto answer = book_.answer(rules);
    return answer && answer->has_value();
  }
  std::string refusal(GrantRules rules = {}) const {
    const auto answer = book_.answer(rules);
    return answer ? "" : answer.error().message;
  }
  const ApprovalBook& book() const { return book_; }

 private:
  std::uint64_t seq_ = 3;
  ApprovalBook book_;
};

}  // namespace

TEST_CASE("an approval is a record that the schema's rules accept") {
  const auto draft = approval_draft(word("live.01a"));
  REQUIRE(draft);
  CHECK(fault_of(*draft) == "");
  CHECK(draft->text("event") == "approved");
  CHECK(draft->text("notes") == "tested on paper for a week");
  CHECK(fault_of(*approval_draft(word("", false))) == "");
}

TEST_CASE(
    "an approval without a note, an approver or a subject is refused with all that it lacks") {
  ApprovalRequest nothing;
  nothing.note = " \n";
  const auto draft = approval_draft(nothing);
  REQUIRE_FALSE(draft);
  for (const auto* part : {"project:", "stage:", "image_tag:", "operator:", "note:"}) {
    CHECK_THAT(draft.error().message, ContainsSubstring(part));
  }
}

TEST_CASE("an approval tells who approved, why and when") {
  const auto answer = Told().say(word()).book().answer({});
  REQUIRE(answer);
  REQUIRE(answer->has_value());
  CHECK((*answer)->approver.name == "ann@example.com");
  CHECK((*answer)->note == "tested on paper for a week");
  CHECK((*answer)->at == kNow);
  CHECK((*answer)->seq == 3);
}

TEST_CASE("nobody's word is no approval, and no refusal either") {
  const auto answer = Told().book().answer({});
  REQUIRE(answer);
  CHECK_FALSE(answer->has_value());
}

TEST_CASE("an approval is for its project, stage and image tag alone") {
  for (const auto member :
       {&ApprovalRequest::project, &ApprovalRequest::target_stage, &ApprovalRequest::image_tag}) {
    auto other = word();
    other.*member = "other";
    CHECK_FALSE(Told().say(other).approved());
  }
  CHECK_FALSE(Told().say(word("live.01z")).approved());
  CHECK(Told().say(word("live.01a")).approved());
}

TEST_CASE("the last word counts") {
  Told told;
  told.say(word()).say(word("", false));
  CHECK(told.refusal() == "rejected by \"ann@example.com\" (record 4): tested on paper for a week");
  told.say(word("live.01a"));
  CHECK(told.approved());
  told.say(word("live.01a", false));
  CHECK_FALSE(told.approved());
}

TEST_CASE("an approval without a note does not count, as Kargo's own have none") {
  auto record = *approval_draft(word());
  CHECK_FALSE(Told().add(record.set("notes", " ")).approved());
}

TEST_CASE("a rejection blocks even without a note") {
  auto record = *approval_draft(word("", false));
  CHECK_FALSE(Told().say(word()).add(record.set("notes", "")).approved());
}

TEST_CASE("the approval of a tag is used up by the first promotion that passes with it") {
  Told second(passage("live.01b"));
  second.say(word()).passed(passage("live.01a"));
  CHECK_THAT(second.refusal(), ContainsSubstring("was already used by \"live.01a\""));
  CHECK_THAT(second.refusal(), ContainsSubstring("(record 4): a new promotion needs a new one"));

  Told first(passage("live.01a"));
  first.say(word()).passed(passage("live.01a"));
  CHECK(first.approved());
  second.say(word());
  CHECK(second.approved());
}

TEST_CASE("passing by break-glass uses an approval up as well") {
  Told second(passage("live.01b"));
  second.say(word()).passed(passage("live.01a"), GateEvent::overridden);
  CHECK_FALSE(second.approved());
}

TEST_CASE("a promotion that was blocked, another stage and another gate use nothing up") {
  Told told(passage("live.01b"));
  auto elsewhere = passage("live.01a");
  elsewhere.target_stage = "paper";
  auto other_gate = passage("live.01a");
  other_gate.gate = "integration-tests";
  told.say(word())
      .passed(passage("live.01a"), GateEvent::blocked)
      .passed(elsewhere)
      .passed(other_gate);
  CHECK(told.approved());
}

TEST_CASE("a promotion with an approval of its own leaves that of the tag to others") {
  Told told(passage("live.01b"));
  told.say(word()).say(word("live.01a")).passed(passage("live.01a"));
  CHECK(told.approved());
}

TEST_CASE("an approval by name is not used up by others") {
  Told told(passage("live.01b"));
  told.say(word("live.01b")).passed(passage("live.01a"));
  CHECK(told.approved());
}

TEST_CASE("two people: the approver is not who asked for the promotion") {
  const GrantRules rules{.require_second_person = true};
  CHECK(Told().say(word()).approved(rules));
  auto own = passage();
  own.promoter = "ann";
  CHECK_THAT(Told(own).say(word()).refusal(rules), ContainsSubstring("needs a second person"));
  own.promoter = "";
  CHECK_FALSE(Told(own).say(word()).approved(rules));
}

TEST_CASE("a redaction behind an approval makes it unprovable that it is the last word") {
  const auto redaction = [](std::uint64_t seq) {
    return text::Json()
        .set("type", "log")
        .set("event", "redacted")
        .set("log", text::Json().set("redacts", seq));
  };
  Told told;
  told.say(word()).add(redaction(2));
  CHECK(told.approved());
  told.add(redaction(4));
  CHECK_THAT(told.refusal(), ContainsSubstring("record 4 is redacted"));
}
