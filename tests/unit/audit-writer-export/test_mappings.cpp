// Records in the words of other systems.
#include "plugins/audit-writer/export/export.hpp"
#include "plugins/audit-writer/export/mapping.hpp"
#include "tests/unit/audit-writer-export/record_lines.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;
using text::Json;

namespace {

const std::string kOrigin = "example.com/stonks log";
const std::string kImages = R"("images": [
  {"name": "registry.example.com/stonks/scheduler", "digest": "sha256:)" +
                            std::string(64, 'a') + R"("},
  {"name": "trader", "digest": "sha256:)" +
                            std::string(64, 'b') + R"("}])";

using Mapping = std::vector<Json> (*)(const Exportable&);
std::vector<Json> mapped(Mapping mapping, const RecordLines& log) {
  const auto record = parse_record({log.size() - 1, log.last()});
  REQUIRE(record);
  return mapping({*record, log.last(), kOrigin});
}

RecordLines deployment(const std::string& more) {
  RecordLines log;
  log.add_promotion("succeeded", "live", "3f2a91c", "2026-11-21T06:30:00.123Z", more);
  return log;
}

}  // namespace

TEST_CASE("a CloudEvent carries the record whole, under its own id") {
  const auto log = deployment(R"({"occurred_at": "2026-11-21T06:29:58Z"})");
  const auto events = mapped(cloud_events, log);
  REQUIRE(events.size() == 1);
  const Json& event = events[0];
  CHECK(event.text("specversion") == "1.0");
  CHECK(event.text("id") == "01JD0000000000000000000000");
  CHECK(event.text("source") == "//example.com/stonks%20log");
  CHECK(event.text("type") == "stagegate.promotion.succeeded");
  CHECK(event.text("subject") == "stonks/live");
  CHECK(event.text("time") == "2026-11-21T06:29:58Z");
  CHECK(event.text("sequence") == "0000000000");
  CHECK(event.find("data")->text("image_tag") == "3f2a91c");
}

TEST_CASE("a CloudEvent of a redacted record has an id of its own and no time") {
  RecordLines log;
  log.add_line(R"({"stub":1,"seq":0,"leaf":")" + std::string(64, 'a') + R"(","by":7,"pad":""})");
  const auto events = mapped(cloud_events, log);
  REQUIRE(events.size() == 1);
  CHECK(events[0].text("id") == "seq-0");
  CHECK(events[0].text("type") == "stagegate.redacted");
  CHECK(events[0].find("time") == nullptr);
}

TEST_CASE("a deployment is a CDEvents service event for each image, named by its digest") {
  const auto events = mapped(cd_events, deployment("{" + kImages + "}"));
  REQUIRE(events.size() == 2);
  CHECK(events[0].find("context")->text("type") == "dev.cdevents.service.deployed.0.3.0");
  CHECK(events[0].find("context")->text("id") != events[1].find("context")->text("id"));
  const Json* subject = events[0].find("subject");
  CHECK(subject->text("id") == "scheduler");
  CHECK(subject->find("content")->find("environment")->text("id") == "live");
  CHECK(subject->find("content")->text("artifactId") ==
        "pkg:oci/scheduler@sha256%3A" + std::string(64, 'a') +
            "?repository_url=registry.example.com%2Fstonks%2Fscheduler&tag=3f2a91c");
  CHECK(events[1].find("subject")->find("content")->text("artifactId") ==
        "pkg:oci/trader@sha256%3A" + std::string(64, 'b') + "?tag=3f2a91c");
}

TEST_CASE("what a CDEvents service event is called follows from what ran there before") {
  const auto type_with = [](const std::string& more) {
    return std::string(mapped(cd_events, deployment(more))[0].find("context")->text("type"));
  };
  CHECK(type_with("{}") == "dev.cdevents.service.deployed.0.3.0");
  CHECK(type_with(R"({"previous_tag": "0aa"})") == "dev.cdevents.service.upgraded.0.3.0");
  CHECK(type_with(R"({"previous_tag": "0aa", "rollback": true})") ==
        "dev.cdevents.service.rolledback.0.3.0");
}

TEST_CASE("a deployment without digests is a generic package of the project") {
  const auto events = mapped(cd_events, deployment("{}"));
  REQUIRE(events.size() == 1);
  CHECK(events[0].find("subject")->find("content")->text("artifactId") ==
        "pkg:generic/stonks@3f2a91c");
}

TEST_CASE("everything else is a custom CDEvent, in letters that its pattern allows") {
  RecordLines log;
  log.add(R"({"type": "break_glass", "event": "grant", "operator": {"name": "a", "kind": "human"},
              "break_glass": {}})");
  auto events = mapped(cd_events, log);
  REQUIRE(events.size() == 1);
  CHECK(events[0].find("context")->text("type") ==
        "dev.cdeventsx.stagegate-breakglass.grant.1.0.0");
  log.add_promotion("verification_failed", "live", "3f2a91c", "2026-11-21T06:30:00Z");
  events = mapped(cd_events, log);
  CHECK(events[0].find("context")->text("type") ==
        "dev.cdeventsx.stagegate-promotion.verificationfailed.1.0.0");
}

TEST_CASE("OCSF tells what was done, by whom, how it ended and when, in its own numbers") {
  const auto events = mapped(ocsf_events, deployment("{}"));
  REQUIRE(events.size() == 1);
  const Json& event = events[0];
  const auto number = [&](std::string_view key) { return event.find(key)->integer(); };
  CHECK(number("class_uid") == 6002);
  CHECK(number("activity_id") == 8);
  CHECK(number("type_uid") == 600208);
  CHECK(number("status_id") == 1);
  CHECK(number("severity_id") == 1);
  CHECK(number("time") == 1795242600123);
  CHECK(event.find("metadata")->find("sequence")->integer() == 0);
  CHECK(event.find("actor")->find("user")->text("name") == "celes");
  CHECK(event.find("app")->text("version") == "3f2a91c");
}

TEST_CASE("OCSF names an activity of ours where it has none, and lifts what went around a rule") {
  RecordLines log;
  log.add(R"({"type": "gate", "event": "overridden", "outcome": "success", "target_stage": "live",
              "gate": {"name": "market-hours"}, "source": {"system": "kargo"}})");
  const auto event = mapped(ocsf_events, log)[0];
  CHECK(event.find("activity_id")->integer() == 99);
  CHECK(event.text("activity_name") == "gate.overridden");
  CHECK(event.find("type_uid")->integer() == 600299);
  CHECK(event.find("severity_id")->integer() == 3);
}

TEST_CASE("an in-toto statement is about digests, and there is none without") {
  const auto log = deployment("{" + kImages + "}");
  const auto statements = mapped(in_toto_statements, log);
  REQUIRE(statements.size() == 1);
  CHECK(statements[0].text("_type") == "https://in-toto.io/Statement/v1");
  const auto& subjects = *statements[0].find("subject")->array();
  REQUIRE(subjects.size() == 2);
  CHECK(subjects[1].text("name") == "trader");
  CHECK(subjects[1].find("digest")->text("sha256") == std::string(64, 'b'));
  CHECK(statements[0].find("predicate")->find("log")->text("leaf").size() == 64);
  CHECK(mapped(in_toto_statements, deployment("{}")).empty());
}

TEST_CASE("an export counts what it has written and what its form has no place for") {
  RecordLines log;
  log.add_promotion("requested", "live", "3f2a91c", "2026-11-21T06:30:00Z");
  log.add_promotion("succeeded", "live", "3f2a91c", "2026-11-21T06:30:00Z", "{" + kImages + "}");
  std::string out;
  const auto done = export_records(log, {}, Format::in_toto, kOrigin, [&](std::string_view bytes) {
    out += bytes;
    return Result<>();
  });
  REQUIRE(done);
  CHECK(done->records == 2);
  CHECK(done->pieces == 1);
  CHECK(done->without == 1);
  CHECK(out.find('\n') == out.size() - 1);
}

TEST_CASE("whatever somebody wrote, an exported record moves no cursor and turns no text around") {
  RecordLines log;
  log.add_promotion("succeeded", "live", "3f2a91c", "2026-11-21T06:30:00Z",
                    "{" + kImages + R"(, "notes": "\u202e \u009b2J \u2028"})");
  for (const auto format : {Format::cloudevents, Format::cdevents, Format::ocsf, Format::in_toto}) {
    std::string out;
    REQUIRE(export_records(log, {}, format, kOrigin, [&](std::string_view bytes) {
      out += bytes;
      return Result<>();
    }));
    CHECK_THAT(out, ContainsSubstring("\\u202e"));
    for (const auto* evil : {"\u202e", "\xc2\x9b", "\u2028"}) {
      CHECK(out.find(evil) == std::string::npos);
    }
  }
}
