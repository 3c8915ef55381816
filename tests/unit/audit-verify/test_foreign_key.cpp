#include "common/audit/verify/foreign_key.hpp"
#include "tests/unit/audit-verify/tampered_log.hpp"

using namespace stagegate;
using namespace stagegate::audit;
using tests::TamperedLog;

namespace {

std::string found(const TamperedLog& log, const VerifyKey& key) {
  const auto answer = find_foreign_key(log.layout(), key);
  REQUIRE(answer);
  if (!*answer) return "";
  CHECK(is_fault((*answer)->finding));
  return (*answer)->message;
}

}  // namespace

TEST_CASE("a key that has signed nothing here is said to have, once and with both keys") {
  const TamperedLog log;
  for (const char* name : {"log.example/other", "log.example/audit"}) {
    const auto other = SigningKey::generate(name).verify_key();
    const auto message = found(log, other);
    CHECK_THAT(message, ContainsSubstring("nothing here is signed with " + other.text()));
    CHECK_THAT(message, ContainsSubstring(log.key().verify_key().text()));
  }
}

TEST_CASE("the log's own key is not foreign, whatever has been done to the log") {
  const TamperedLog log;
  const VerifyKey key = log.key().verify_key();
  CHECK(found(log, key) == "");
  // A bad signature that claims to be of the key is a matter of the log, not of the key.
  auto checkpoint = TamperedLog::bytes(log.layout().checkpoint());
  checkpoint.replace(checkpoint.find("1000"), 4, "1001");
  TamperedLog::put(log.layout().checkpoint(), checkpoint);
  CHECK(found(log, key) == "");
  // Nor does a checkpoint of somebody else make the key foreign while slots are signed with it.
  const auto other = SigningKey::generate("log.example/other");
  TamperedLog::put(log.layout().checkpoint(), sign_checkpoint({"log.example/other", 1, {}}, other));
  CHECK(found(log, key) == "");
  TamperedLog::put(log.layout().checkpoint(), "no note\n");
  CHECK(found(log, other.verify_key()) == "");
  std::filesystem::remove(log.layout().checkpoint());
  CHECK(found(log, other.verify_key()) == "");
}
