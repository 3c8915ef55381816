#include "plugins/audit-writer/draft/pending.hpp"
#include "tests/catch.hpp"

using namespace stagegate::audit_writer;

TEST_CASE("pending records are found in the log of a CI, whatever stands around them") {
  const Pending found = find_pending(
      "[audit:L0:0s] disk full\n"
      "[audit:L1:0s] AUDIT-PENDING {\"idem\":\"a\",\"notes\":\"} AUDIT-PENDING {\"}\x1b[0m\r\n"
      "2026-11-24T12:00:00Z AUDIT-PENDING {\"idem\":\"b\"}\n");
  REQUIRE(found.records.size() == 2);
  CHECK(found.records[0].line == 2);
  CHECK(found.records[0].draft.text("idem") == "a");
  CHECK(found.records[0].draft.text("notes") == "} AUDIT-PENDING {");
  CHECK(found.records[1].draft.text("idem") == "b");
  CHECK(found.faults.empty());
}

TEST_CASE("pending records are found in results of JSON") {
  const Pending found = find_pending(
      "{\"schema\":1,\"message\":\"no space\",\"pending\":{\"idem\":\"c\",\"notes\":\"x\\\"\"}}");
  REQUIRE(found.records.size() == 1);
  CHECK(found.records[0].draft.text("idem") == "c");
}

TEST_CASE("a pending record that was cut is told, with its line") {
  const Pending found = find_pending("ok\nAUDIT-PENDING {\"idem\":\"a\",\n");
  CHECK(found.records.empty());
  REQUIRE(found.faults.size() == 1);
  CHECK_THAT(found.faults[0], ContainsSubstring("line 2: "));
}

TEST_CASE("a log without pending records has none") {
  CHECK(find_pending("").records.empty());
  CHECK(find_pending("AUDIT-PENDING nothing\n{\"pending\":0}\n").records.empty());
}
