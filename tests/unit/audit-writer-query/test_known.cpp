#include "common/crypto/encoding.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "plugins/audit-writer/query/known.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const std::string kOrigin = "example.com/audit";
const std::string kRoot = crypto::base64(crypto::Hash{});

std::string note(int size) {
  return text::cat(kOrigin, "\n", size, "\n", kRoot, "\n\n\u2014 ", kOrigin, " c2lnbmF0dXJl\n");
}

using Notes = std::vector<std::string>;

}  // namespace

TEST_CASE("a checkpoint is found as it was printed") {
  CHECK(find_checkpoints(note(5), kOrigin) == Notes{note(5)});
  CHECK(find_checkpoints("recorded as 4\n\n" + note(5) + "done\n" + note(6), kOrigin) ==
        Notes{note(5), note(6)});
}

TEST_CASE("a checkpoint is found behind what a log viewer puts in front of its lines") {
  const std::string log =
      text::cat("[audit:L9:0s] ", kOrigin, "\r\n[audit:L10:0s] 5\r\n", "[audit:L11:0s] ", kRoot,
                "\r\n[audit:L12:0s] \r\n", "[audit:L13:0s] \u2014 ", kOrigin, " c2lnbmF0dXJl\r\n");
  CHECK(find_checkpoints(log, kOrigin) == Notes{note(5)});
}

TEST_CASE("a checkpoint is found in a JSON result") {
  const auto json = text::Json().set("schema", 1).set("checkpoint", note(7));
  CHECK(find_checkpoints(json.dump() + "\n", kOrigin) == Notes{note(7)});
}

TEST_CASE("what is no checkpoint of this log is not taken for one") {
  CHECK(find_checkpoints("", kOrigin).empty());
  CHECK(find_checkpoints(note(5), "example.com/other").empty());
  CHECK(find_checkpoints(kOrigin + "\nfive\n" + kRoot + "\n\n\u2014 x y\n", kOrigin).empty());
  CHECK(find_checkpoints(kOrigin + "\n5\nroot\n\n\u2014 x y\n", kOrigin).empty());
  CHECK(find_checkpoints(kOrigin + "\n5\n" + kRoot + "\n\nunsigned\n", kOrigin).empty());
  CHECK(find_checkpoints("{\"checkpoint\":\"" + kOrigin, kOrigin).empty());
}
