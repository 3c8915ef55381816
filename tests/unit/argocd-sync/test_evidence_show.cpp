#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/evidence/show.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using text::cat;

namespace {

const time::Instant kNow = time::parse_instant("2026-08-24T12:10:00Z").value();

Evidence evidence() {
  Evidence evidence;
  evidence.unhealthy = {
      {{"apps", "Deployment", "stonks-beta", "query-api"}, "Degraded", "deadline exceeded"}};
  PodTrouble pod;
  pod.name_space = "stonks-beta";
  pod.name = "query-api-x1";
  pod.container = "api";
  pod.state = PodState::crashed;
  pod.reason = "CrashLoopBackOff";
  pod.message = "no database";
  pod.image = "registry/api:2";
  pod.restarts = 5;
  pod.exit_code = 1;
  evidence.pods = {pod};
  evidence.events = {{.object = "Pod query-api-x1",
                      .others = 2,
                      .reason = "BackOff",
                      .message = "Back-off restarting",
                      .count = 12,
                      .last = kNow - std::chrono::minutes(3)}};
  evidence.log = LogChoice{"stonks-beta", "query-api-x1", "api", true};
  return evidence;
}

auto lines_of(const std::string& text) {
  return std::ranges::count(text, '\n');
}

}  // namespace

TEST_CASE("the evidence is told in one block") {
  CHECK(words(evidence(), {.lines = {"connecting", "gave up"}}, kNow) ==
        "not healthy:\n"
        "  apps/Deployment stonks-beta/query-api is Degraded: deadline exceeded\n"
        "pods in trouble:\n"
        "  stonks-beta/query-api-x1, container api: CrashLoopBackOff, exit code 1, 5 restarts, "
        "image registry/api:2: no database\n"
        "warnings of the cluster:\n"
        "  3 min ago, 12 times, Pod query-api-x1 and 2 more: BackOff: Back-off restarting\n"
        "last lines of the log of stonks-beta/query-api-x1, container api, before its last "
        "restart:\n"
        "  | connecting\n"
        "  | gave up\n");
}

TEST_CASE("what is not known is not told") {
  Evidence bare;
  CHECK(words(bare, {.lines = {"x"}}, kNow).empty());
  CHECK(bare.empty());
  PodTrouble pod;
  pod.name = "p";
  pod.reason = "Pending";
  pod.restarts = 1;
  bare.pods = {pod};
  CHECK(words(bare, {}, kNow) == "pods in trouble:\n  p: Pending, 1 restart\n");
  bare.pods.clear();
  bare.events = {{.object = "Pod p", .reason = "r"}};
  CHECK(words(bare, {}, kNow) == "warnings of the cluster:\n  some time ago, Pod p: r\n");
  CHECK_FALSE(bare.empty());
  bare.events[0].last = kNow + std::chrono::seconds(5);
  CHECK_THAT(words(bare, {}, kNow), ContainsSubstring("just now"));
}

TEST_CASE("a log that could not be read says so") {
  auto some = evidence();
  some.log->previous = false;
  const auto text = words(some, {.error = "permission denied"}, kNow);
  CHECK_THAT(text, ContainsSubstring("query-api-x1, container api:\n  (permission denied)\n"));
}

TEST_CASE("never more than forty lines") {
  auto much = evidence();
  much.unhealthy.resize(20, much.unhealthy[0]);
  much.pods.resize(20, much.pods[0]);
  much.events.resize(20, much.events[0]);
  much.more_pods = 70;
  std::string body;
  for (int i = 0; i < 100; ++i) body += cat("line ", i, "\n");
  auto log = log_lines_of_text(body);
  log.error = "cut";
  const auto text = words(much, log, kNow);
  CHECK(lines_of(text) <= 40);
  CHECK(lines_of(text) >= 38);
  CHECK_THAT(text, ContainsSubstring("pods in trouble (5 of 90):"));
  CHECK_THAT(text, ContainsSubstring("not healthy (6 of 20):"));
  CHECK_THAT(text, ContainsSubstring("line 99"));
}

TEST_CASE("programs get the same") {
  const auto told = json(evidence(), {.lines = {"gave up"}});
  CHECK(told.dump() ==
        R"({"unhealthy":[{"resource":"apps/Deployment stonks-beta/query-api","state":"Degraded",)"
        R"("message":"deadline exceeded"}],"more_unhealthy":0,)"
        R"("pods":[{"namespace":"stonks-beta","pod":"query-api-x1","container":"api",)"
        R"("reason":"CrashLoopBackOff","message":"no database","image":"registry/api:2",)"
        R"("restarts":5,"exit_code":1}],"more_pods":0,)"
        R"("events":[{"object":"Pod query-api-x1","others":2,"reason":"BackOff",)"
        R"("message":"Back-off restarting","count":12,"last":"2026-08-24T12:07:00Z"}],)"
        R"("more_events":0,"log":{"namespace":"stonks-beta","pod":"query-api-x1",)"
        R"("container":"api","previous":true,"lines":["gave up"],"error":""}})");
  CHECK(json({}, {}).find("log")->is_null());
}

TEST_CASE("the last lines of a log as Argo CD tells them") {
  const auto log = log_lines_of_api(
      "{\"result\":{\"content\":\"one\",\"podName\":\"p\",\"timeStampStr\":\"2026\"}}\n"
      "\n"
      "{\"result\":{\"content\":\"  two\\n\",\"last\":false}}\n"
      "{\"result\":{\"content\":\"\",\"last\":true}}\n");
  CHECK(log.lines == std::vector<std::string>{"one", "  two"});
  CHECK(log.error.empty());
}

TEST_CASE("a log that breaks off says why") {
  const auto log = log_lines_of_api(
      "{\"result\":{\"content\":\"one\"}}\n"
      "{\"error\":{\"grpc_code\":7,\"message\":\"permission denied\"}}");
  CHECK(log.lines == std::vector<std::string>{"one"});
  CHECK(log.error == "permission denied");
  CHECK(log_lines_of_api("<html>").error == "a part of the log is not as Argo CD writes it");
  CHECK(log_lines_of_api("").lines.empty());
}

TEST_CASE("the last lines of a log as Kubernetes tells them") {
  CHECK(log_lines_of_text("a\r\n\n  b \n\tc").lines == std::vector<std::string>{"a", "  b", " c"});
  CHECK(log_lines_of_text("").lines.empty());
  CHECK(log_lines_of_text("\n\n").lines.empty());
  std::string body;
  for (int i = 0; i < 50; ++i) body += cat(i, "\n");
  const auto log = log_lines_of_text(body);
  CHECK(log.lines.size() == 18);
  CHECK(log.lines.front() == "32");
  CHECK(log.lines.back() == "49");
}

TEST_CASE("a line of a log does no harm and is not too long") {
  const auto one = [](const std::string& line) { return log_lines_of_text(line).lines.at(0); };
  CHECK(one("\x1b[31mred\x1b[0m") == "red");
  CHECK(one("a\x1b]0;title\x07") == "a\\u001b]0;title\\u0007");
  CHECK(one("a\x1b[31") == "a");
  CHECK(one("caf\xc3\xa9 \xff") == "caf\xc3\xa9 \xef\xbf\xbd");
  CHECK(one(std::string(300, 'x')).size() == 300);
  CHECK(one(std::string(301, 'x')) == std::string(300, 'x') + " ...");
  CHECK(one(std::string(5u << 20, 'x')).size() == 304);
  CHECK(one(std::string(5000, '\x01')).size() < 2000);
  // All that is looked at is colour.
  std::string coloured;
  for (int i = 0; i < 1000; ++i) coloured += "\x1b[31m";
  CHECK(one(coloured + "the end") == " ...");
}
