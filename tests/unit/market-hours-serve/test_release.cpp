// People release what waits: who may, what is asked of them, and what it lets through.
#include "tests/unit/market-hours-serve/released.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

std::string message_of(const http::ServerResponse& response) {
  return std::string(GateAsked::body_of(response).text("message"));
}

}  // namespace

TEST_CASE("a grant releases the promotion that waits, wakes Kargo, and is told in the answer") {
  Released gate;
  CHECK(gate.check().text("decision") == "wait");
  const auto response = gate.post("/v1/break-glass", plea());
  REQUIRE(response.status == 201);
  const auto body = GateAsked::body_of(response);
  CHECK(body.text("operator") == "ann@example.com");
  CHECK(body.text("expires_at") == "2026-11-24T19:00:00.000Z");
  CHECK(body.text("image_tag") == "abc123");
  CHECK(*body.find("woken")->boolean());
  CHECK_THAT(std::string(body.text("checkpoint")), ContainsSubstring("stonks-audit"));
  CHECK(gate.woken == std::vector<std::string>{"stonks-pipeline/p1"});

  const auto answer = gate.check();
  CHECK(answer.text("decision") == "allow");
  CHECK(answer.text("reason") == "break_glass");
  CHECK(*answer.find("break_glass")->boolean());
  CHECK(answer.text("operator") == "ann@example.com");
  CHECK(answer.text("justification") == "orders are lost, INC-42");
  CHECK(answer.text("grant") == body.text("grant"));
  CHECK(gate.check().text("decision") == "allow");
}

TEST_CASE("a grant for a tag is used once, and the next promotion is refused by name") {
  Released gate;
  gate.check("p1");
  gate.post("/v1/break-glass", plea("").set("image_tag", "abc123"));
  CHECK(gate.check("p1").text("decision") == "allow");
  const auto second = gate.check("p2");
  CHECK(second.text("decision") == "wait");
  CHECK_THAT(std::string(second.text("message")), ContainsSubstring("was already used by \"p1\""));
}

TEST_CASE("who is not known gets 401, who may not gets 403, and neither leaves a trace") {
  Released gate;
  for (const auto* path : {"/v1/break-glass", "/v1/approvals"}) {
    const auto nobody = gate.post(path, plea(), "mallory");
    CHECK(nobody.status == 401);
    CHECK(nobody.headers.front().first == "WWW-Authenticate");
    CHECK(gate.post(path, plea(), "").status == 401);
    CHECK(gate.post(path, plea(), "eve").status == 403);
    CHECK(gate.post(path, plea(), "api-down").status == 503);
  }
  CHECK(gate.check().text("decision") == "wait");
  CHECK(gate.woken.empty());
}

TEST_CASE("a gate that does not know who people are, or has no log, says what is missing") {
  Released anonymous({}, "[{ name: live }]", false);
  const auto response = anonymous.post("/v1/break-glass", plea());
  CHECK(response.status == 403);
  CHECK_THAT(message_of(response), ContainsSubstring("set identity to"));
  Released forgetful({}, "[{ name: live }]", true, false);
  const auto other = forgetful.post("/v1/break-glass", plea());
  CHECK(other.status == 403);
  CHECK_THAT(message_of(other), ContainsSubstring("audit_log"));
}

TEST_CASE("a grant without a reason, for too long or for an unknown stage is refused in words") {
  Released gate;
  gate.check();
  CHECK_THAT(message_of(gate.post("/v1/break-glass", plea().set("justification", "hotfix"))),
             ContainsSubstring("at least 10"));
  CHECK_THAT(message_of(gate.post("/v1/break-glass", plea().set("expires", "5h"))),
             ContainsSubstring("at most 4h"));
  CHECK_THAT(message_of(gate.post("/v1/break-glass", plea().set("expires", "soon"))),
             ContainsSubstring("expires"));
  CHECK_THAT(message_of(gate.post("/v1/break-glass", plea().set("stage", "moon"))),
             ContainsSubstring("no stage \"moon\""));
  CHECK_THAT(message_of(gate.post("/v1/break-glass", plea().set("stages", "live"))),
             ContainsSubstring("no member \"stages\""));
  CHECK(gate.check().text("decision") == "wait");
}

TEST_CASE("a promotion is what the gate was asked about, not what somebody says of it") {
  Released gate;
  gate.check();
  CHECK(gate.post("/v1/break-glass", plea().set("image_tag", "def456")).status == 409);
  CHECK(gate.post("/v1/break-glass", plea().set("stage", "paper")).status == 409);
}

TEST_CASE("nobody breaks a freeze that admits it not") {
  Released gate({},
                "[{ name: live, freezes: [{ name: audit, from: 2026-11-24, to: 2026-11-25, "
                "break_glass: false }] }]");
  gate.check();
  const auto response = gate.post("/v1/break-glass", plea());
  CHECK(response.status == 409);
  CHECK_THAT(message_of(response), ContainsSubstring("nobody may break this block"));
}

TEST_CASE("a press of a button that arrives twice is one grant") {
  Released gate;
  gate.check();
  const auto pressed = plea().set("request_id", "01234567");
  const auto first = gate.post("/v1/break-glass", pressed);
  CHECK(first.status == 201);
  const auto again = gate.post("/v1/break-glass", pressed);
  CHECK(again.status == 200);
  CHECK(GateAsked::body_of(again).text("grant") == GateAsked::body_of(first).text("grant"));
  // It gives no more time than it did, and says so.
  gate.gate->at("2026-11-24T18:30:00Z");
  const auto late = GateAsked::body_of(gate.post("/v1/break-glass", pressed));
  CHECK(late.text("expires_at") == "2026-11-24T19:00:00.000Z");
  CHECK_THAT(std::string(late.text("message")),
             ContainsSubstring("until 2026-11-24T19:00:00.000Z"));
}

TEST_CASE("a Kargo that does not answer is a warning: the promotion asks by itself") {
  Released gate;
  gate.kargo_answers = false;
  gate.check();
  const auto response = gate.post("/v1/break-glass", plea());
  CHECK(response.status == 201);
  CHECK_FALSE(*GateAsked::body_of(response).find("woken")->boolean());
  CHECK(gate.check().text("decision") == "allow");
}

TEST_CASE("an approval lets one promotion through, and its note comes with the answer") {
  Released gate({.approval_stages = {"live"}});
  gate.gate->at(kAfterClose);
  const auto lacking = gate.check();
  CHECK(lacking.text("reason") == "needs_approval");
  CHECK(lacking.text("decision") == "wait");
  CHECK(gate.post("/v1/approvals", word().set("note", "  ")).status == 400);
  CHECK(gate.post("/v1/approvals", word("maybe")).status == 400);
  CHECK(gate.post("/v1/approvals", word()).status == 201);
  const auto answer = gate.check();
  CHECK(answer.text("decision") == "allow");
  CHECK(answer.text("note") == "tested for a week");
  CHECK(answer.text("approver") == "ann@example.com");
  CHECK(gate.check("p2").text("reason") == "needs_approval");
  gate.post("/v1/approvals", word("reject"));
  CHECK_THAT(std::string(gate.check().text("message")), ContainsSubstring("rejected by"));
}

TEST_CASE("a promotion that has become another one uses no grant up") {
  Released gate;
  gate.check();
  gate.post("/v1/break-glass", plea("").set("image_tag", "def456"));
  const auto changed = gate.gate->check(question("p1").set("image_tag", "def456"));
  CHECK(changed.text("reason") == "conflict");
  CHECK(gate.gate->check(question("p3").set("image_tag", "def456")).text("decision") == "allow");
}

TEST_CASE("an allow that cannot be recorded keeps waiting: 503") {
  Released gate;
  gate.gate->at(kAfterClose);
  std::filesystem::rename(gate.settings.audit_log, gate.settings.audit_log + ".gone");
  CHECK(gate.gate->post(question("p1").dump()).status == 503);
  CHECK(gate.gate->get("/v1/status").status == 200);
}

TEST_CASE("answers carry a link to where the promotion can be released") {
  Released gate;
  const auto answer = gate.check();
  const auto* links = answer.find("links");
  REQUIRE(links != nullptr);
  REQUIRE(links->array()->size() == 2);
  CHECK((*links->array())[1].text("url") ==
        "https://gate.example.com/promotion?project=stonks-pipeline&stage=live&promotion=p1&image_"
        "tag=abc123");
}

TEST_CASE("a form needs its cookie, its page and a confirmation") {
  const std::string form =
      "project=stonks-pipeline&stage=live&promotion=p1&image_tag=abc123&justification=orders+are+"
      "lost%2C+INC-42&token=ann&form_token=" +
      std::string(32, 'a');
  Released gate;
  gate.check();
  CHECK(gate.fill_in("/v1/break-glass", form + "&confirm=yes", std::string(32, 'b')).status == 403);
  CHECK(gate.fill_in("/v1/break-glass", form + "&confirm=yes", std::string(32, 'a'),
                     "https://evil.example.com")
            .status == 403);
  const auto unsure = gate.fill_in("/v1/break-glass", form);
  CHECK(unsure.status == 400);
  CHECK_THAT(unsure.body, ContainsSubstring("orders are lost, INC-42"));
  CHECK(unsure.body.find("value=\"ann\"") == std::string::npos);
  CHECK(gate.check().text("decision") == "wait");

  const auto done = gate.fill_in("/v1/break-glass", form + "&confirm=yes");
  CHECK(done.status == 303);
  CHECK(done.headers.front().second ==
        "../promotion?project=stonks-pipeline&stage=live&promotion=p1&image_tag=abc123&done=yes");
  CHECK(gate.check().text("decision") == "allow");
}

TEST_CASE("blanks that were copied along with a name into a form are no part of it") {
  Released gate;
  const auto done = gate.fill_in(
      "/v1/break-glass",
      "project=+stonks-pipeline&stage=live&promotion=p1%0D%0A&image_tag=abc123+&justification="
      "orders+are+lost%2C+INC-42&token=ann&confirm=yes&form_token=" +
          std::string(32, 'a'));
  CHECK(done.status == 303);
  CHECK(gate.check().text("decision") == "allow");
}

TEST_CASE("a body that a page elsewhere could send without asking is not read") {
  Released gate;
  http::ServerRequest request;
  request.method = "POST";
  request.path = "/v1/break-glass";
  request.body = plea().dump();
  request.fields = {{"content-type", "text/plain"}, {"authorization", "Bearer ann"}};
  CHECK(gate.gate->send(request).status == 400);
}

TEST_CASE("the page of a promotion shows why it waits, what the log says, and the forms") {
  Released gate({.approval_stages = {"live"}});
  gate.check();
  const auto before = gate.page();
  CHECK_THAT(before, ContainsSubstring("market open"));
  CHECK_THAT(before, ContainsSubstring("action=\"v1/break-glass\""));
  CHECK_THAT(before, ContainsSubstring("action=\"v1/approvals\""));
  gate.post("/v1/break-glass", plea());
  const auto after = gate.page();
  CHECK_THAT(after, ContainsSubstring("ann@example.com"));
  CHECK_THAT(after, ContainsSubstring("holds until 2026-11-24T19:00:00.000Z"));
  CHECK(after.find("orders are lost") == std::string::npos);
}

TEST_CASE("the page without identity or stage says so and has no form") {
  Released anonymous({}, "[{ name: live }]", false);
  const auto page = anonymous.page();
  CHECK_THAT(page, ContainsSubstring("does not know who people are"));
  CHECK(page.find("<form") == std::string::npos);
  CHECK_THAT(anonymous.page("p1", "moon"), ContainsSubstring("There is no such stage."));
}

TEST_CASE("what is injected into the page of a promotion stays text") {
  Released gate;
  const std::string evil = "<script>alert(1)</script>\"'><img src=x>";
  gate.gate->check(question(evil).set("image_tag", evil).set("actor", evil));
  gate.post("/v1/break-glass", plea(evil).set("image_tag", evil));
  const auto page = gate.page(evil);
  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find("<img") == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("&lt;script&gt;alert(1)"));
}
