// What is answered over HTTP, on a log in a directory of the test's own.
#include <algorithm>

#include "common/audit/log/log.hpp"
#include "plugins/audit-writer/serve/service.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

audit::Stamp now() {
  return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string body_of(const std::string& idem, const std::string& tag = "3f2a91c") {
  return R"({"idem": ")" + idem + R"(", "type": "promotion", "event": "succeeded",
    "operator": {"name": "celes", "kind": "human"}, "project": "stonks", "source_stage": "paper",
    "target_stage": "live", "image_tag": ")" +
         tag + R"(", "outcome": "success",
    "notes": "all green", "source": {"system": "kargo", "promotion": "live.1"}})";
}

class Served {
 public:
  explicit Served(bool writes = true) {
    const auto first = audit::Log::init(layout_, key_, {});
    REQUIRE(first);
    auto log = audit::Log::open(layout_, key_, {});
    REQUIRE(log);
    log_.emplace(*std::move(log));
    follower_.follow(now());
    options_.tokens = {"secret-token"};
    if (writes) {
      scribe_.emplace(
          [this](const audit::Draft& draft) -> Result<audit::Appended> {
            if (failure_) return forward(*failure_);
            return log_->append(draft);
          },
          std::chrono::seconds(60));
    }
    service_.emplace(Desk{.options = options_,
                          .layout = layout_,
                          .trusted = {key_.verify_key(), true},
                          .follower = follower_,
                          .inspector = inspector_,
                          .scribe = scribe_ ? &*scribe_ : nullptr,
                          .gate = nullptr,
                          .now = now},
                     metrics_);
    router_.emplace(service_->router());
  }

  http::ServerResponse post(const std::string& body, const std::string& token = "secret-token") {
    http::ServerRequest request{.method = "POST",
                                .path = "/v1/records",
                                .query = {},
                                .fields = {{"authorization", "Bearer " + token}},
                                .params = {},
                                .body = body,
                                .peer = ""};
    return (*router_)(request);
  }
  http::ServerResponse get(const std::string& path, std::vector<http::Field> query = {}) {
    http::ServerRequest request{.method = "GET",
                                .path = path,
                                .query = std::move(query),
                                .fields = {},
                                .params = {},
                                .body = "",
                                .peer = ""};
    return (*router_)(request);
  }
  text::Json json(const http::ServerResponse& response) {
    const auto parsed = text::parse_json(response.body);
    REQUIRE(parsed);
    return *parsed;
  }

  audit::Log& log() { return *log_; }
  Follower& follower() { return follower_; }
  void fail_with(Failure failure) { failure_ = std::move(failure); }
  const audit::SigningKey& key() const { return key_; }

 private:
  tests::Directory directory_;
  audit::Layout layout_{directory_.path()};
  audit::SigningKey key_ = audit::SigningKey::generate("example.com/stonks");
  std::optional<audit::Log> log_;
  std::optional<Failure> failure_;
  ServeOptions options_;
  Follower follower_{[this] { return audit::View::open(layout_, key_.verify_key()); },
                     {"paper", "live"}};
  Inspector inspector_{[](bool) { return Result<audit::Report>(audit::Report{}); }, {}};
  std::optional<Scribe> scribe_;
  http::Metrics metrics_;
  std::optional<AuditService> service_;
  std::optional<http::Router> router_;
};

}  // namespace

TEST_CASE("a new record is 201, the same again 200, the same key with other content 409") {
  Served served;
  const auto first = served.post(body_of("k1"));
  CHECK(first.status == 201);
  CHECK(served.json(first).find("seq")->integer() == 1);
  const auto again = served.post(body_of("k1"));
  CHECK(again.status == 200);
  CHECK(served.json(again).find("seq")->integer() == 1);
  CHECK(*served.json(again).find("duplicate")->boolean());
  CHECK(served.post(body_of("k1", "fffffff")).status == 409);
  CHECK(served.json(served.get("/v1/records")).find("size")->integer() == 2);
}

TEST_CASE("a key that JSON has to escape is the same key each time") {
  Served served;
  REQUIRE(served.post(body_of(R"(say-\"k1\"\\)")).status == 201);
  CHECK(served.post(body_of(R"(say-\"k1\"\\)")).status == 200);
  CHECK(served.post(body_of(R"(say-\"k1\"\\)", "fffffff")).status == 409);
}

TEST_CASE("whatever somebody wrote, an answer moves no cursor and turns no text around") {
  Served served;
  auto body = body_of("k1");
  body.replace(body.find("all green"), 9, "\\u202e \\u009b2J \\u001b[2J \\u2028");
  body.replace(body.find("celes"), 5, "\\u2066celes");
  REQUIRE(served.post(body).status == 201);
  for (const auto* path : {"/v1/records", "/v1/records/1", "/v1/stages", "/"}) {
    INFO(path);
    const auto answer = served.get(path).body;
    for (const auto* evil : {"\u202e", "\u2066", "\u2028", "\xc2\x9b", "\x1b"}) {
      CHECK(answer.find(evil) == std::string::npos);
    }
    CHECK_THAT(answer, ContainsSubstring("2066"));
  }
}

TEST_CASE("a stored record comes with the signed checkpoint that proves it") {
  Served served;
  const auto answer = served.json(served.post(body_of("k1")));
  const auto checkpoint =
      audit::open_checkpoint(answer.text("checkpoint"), served.key().verify_key());
  REQUIRE(checkpoint);
  CHECK(checkpoint->size == 2);
}

TEST_CASE("a record with faults is 400 with all of them") {
  Served served;
  const auto answer = served.post(R"({"type": "promotion", "image_tag": "no tag"})");
  CHECK(answer.status == 400);
  CHECK(served.json(answer).find("faults")->array()->size() >= 3);
}

TEST_CASE("nobody stores without the token, and nobody at all where none is set") {
  CHECK(Served().post(body_of("k1"), "guess").status == 401);
  CHECK(Served(false).post(body_of("k1")).status == 403);
}

TEST_CASE("what could not be stored is 503, to be tried again, and never acknowledged") {
  Served served;
  served.fail_with({Failure::Kind::unknown, "disk full"});
  auto answer = served.post(body_of("k1"));
  CHECK(answer.status == 503);
  CHECK_THAT(answer.body, ContainsSubstring("disk full"));
  served.fail_with({Failure::Kind::deadline, "silent"});
  CHECK(served.post(body_of("k1")).status == 503);
  // A conflict that is not about this record's key is the log's trouble, not the caller's.
  served.fail_with({Failure::Kind::conflict, "the head's signature is wrong"});
  CHECK(served.post(body_of("k1")).status == 503);
}

TEST_CASE("records of another writer appear") {
  Served served;
  const auto draft = text::parse_json(body_of("elsewhere", "0000aaa"));
  REQUIRE(served.log().append(*draft));
  served.follower().follow(now());
  const auto stages = served.json(served.get("/v1/stages"));
  const auto& live = stages.find("stages")->array()->at(1);
  CHECK(live.text("stage") == "live");
  CHECK(live.text("image_tag") == "0000aaa");
  CHECK(live.text("operator") == "celes");
  CHECK(live.find("gate")->text("state") == "not_asked");
}

TEST_CASE("records can be asked for by number, by filter, and page by page") {
  Served served;
  for (const auto* idem : {"k1", "k2", "k3"}) REQUIRE(served.post(body_of(idem)).status == 201);
  const auto line = served.get("/v1/records/2");
  CHECK(line.status == 200);
  CHECK(served.json(line).text("idem") == "k2");
  CHECK(line.body.find('\n') == std::string::npos);
  CHECK(served.get("/v1/records/99").status == 404);
  CHECK(served.get("/v1/records/x").status == 400);
  const auto page = served.json(served.get("/v1/records", {{"stage", "live"}, {"limit", "2"}}));
  CHECK(page.find("records")->array()->size() == 2);
  CHECK(page.text("next") == "/v1/records?before=2&limit=2&stage=live");
  CHECK(served.get("/v1/records", {{"limit", "many"}}).status == 400);
  CHECK(served.get("/v1/records", {{"format", "xml"}}).status == 400);
}

TEST_CASE("a page that is longer than what is read at once is whole") {
  Served served;
  const std::string notes(16'000, 'n');
  for (int i = 0; i < 100; ++i) {
    auto body = body_of("k" + std::to_string(i));
    REQUIRE(served.post(body.replace(body.find("all green"), 9, notes)).status == 201);
  }
  const auto answer = served.json(served.get("/v1/records", {{"limit", "90"}}));
  REQUIRE(answer.find("records")->array()->size() == 90);
  for (int i = 0; i < 90; ++i) {
    CHECK((*answer.find("records")->array())[static_cast<std::size_t>(i)].find("seq")->integer() ==
          100 - i);
  }
  CHECK(answer.text("next") == "/v1/records?before=11&limit=90");
  const auto table = served.get("/v1/records", {{"limit", "90"}, {"format", "csv"}}).body;
  CHECK(std::count(table.begin(), table.end(), '\n') == 91);
}

TEST_CASE("the same question gives a table for spreadsheets") {
  Served served;
  REQUIRE(served.post(body_of("k1")).status == 201);
  const auto csv = served.get("/v1/records", {{"format", "csv"}, {"type", "promotion"}});
  CHECK(csv.content_type.starts_with("text/csv"));
  CHECK_THAT(csv.body, ContainsSubstring("celes,paper,live,3f2a91c,all green"));
  // A table that goes on has nowhere else to say so.
  const auto link_of = [](const http::ServerResponse& response) -> std::string {
    for (const auto& [name, value] : response.headers) {
      if (name == "Link") return value;
    }
    return {};
  };
  CHECK(link_of(csv).empty());
  REQUIRE(served.post(body_of("k2")).status == 201);
  const auto first =
      served.get("/v1/records", {{"format", "csv"}, {"type", "promotion"}, {"limit", "1"}});
  CHECK(link_of(first) ==
        R"(</v1/records?before=2&limit=1&type=promotion&format=csv>; rel="next")");
}

TEST_CASE("a record is provable with what the service gives out alone") {
  Served served;
  for (const auto* idem : {"k1", "k2", "k3"}) REQUIRE(served.post(body_of(idem)).status == 201);
  const auto line = served.get("/v1/records/1").body;
  const auto note = served.get("/v1/checkpoint").body;
  const auto head = audit::open_checkpoint(note, served.key().verify_key());
  REQUIRE(head);
  const auto proof = served.get("/v1/proof/1");
  REQUIRE(proof.status == 200);
  CHECK_THAT(proof.body, ContainsSubstring(note));
  CHECK(served.get("/v1/proof/99").status == 404);
}

TEST_CASE("the page comes with a policy under which only its own style and script run") {
  Served served;
  const auto first = served.get("/");
  CHECK(first.status == 200);
  std::string policy;
  for (const auto& [name, value] : first.headers) {
    if (name == "Content-Security-Policy") policy = value;
  }
  CHECK_THAT(policy, ContainsSubstring("default-src 'none'"));
  CHECK_THAT(policy, ContainsSubstring("form-action 'self'"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(first.body.find(" style=") == std::string::npos);
  CHECK(served.get("/").body != first.body);
  CHECK(served.get("/", {{"since", "?"}}).status == 400);
}

TEST_CASE("probes and metrics answer") {
  Served served;
  REQUIRE(served.post(body_of("k1")).status == 201);
  CHECK(served.get("/healthz").status == 200);
  CHECK(served.get("/readyz").status == 200);
  const auto metrics = served.get("/metrics").body;
  CHECK_THAT(metrics, ContainsSubstring("stagegate_audit_records 2"));
  CHECK_THAT(metrics, ContainsSubstring("stagegate_audit_submissions_total{result=\"stored\"} 1"));
}
