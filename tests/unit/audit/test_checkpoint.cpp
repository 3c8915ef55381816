#include "common/audit/tree/checkpoint.hpp"
#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/unit/audit/golden.hpp"

using namespace stagegate;
using namespace stagegate::audit;

TEST_CASE("the golden log's checkpoint opens, and its root is that of its records") {
  const auto key = tests::golden_key();
  if (!key) return;
  const auto checkpoint = open_checkpoint(tests::golden("checkpoint").value(), *key);
  REQUIRE(checkpoint);
  CHECK(checkpoint->origin == "stagegate.example/audit/golden");
  const std::string records = tests::golden("records-0000000000.jsonl").value();
  Frontier frontier;
  for (const std::string_view line : text::split(text::trim(records), '\n')) {
    frontier.push(leaf_hash(line));
  }
  CHECK(checkpoint->size == frontier.size());
  CHECK(checkpoint->root == frontier.root());
}

TEST_CASE("a checkpoint is origin, size and root, a line each, and opens as it was signed") {
  const SigningKey key = SigningKey::generate("log.example");
  const Checkpoint checkpoint{"log.example", 1'234'567, leaf_hash("a")};
  const std::string note = sign_checkpoint(checkpoint, key);
  CHECK(note.starts_with("log.example\n1234567\n" + crypto::base64(checkpoint.root) +
                         "\n\n\xE2\x80\x94 log.example "));
  CHECK(open_checkpoint(note, key.verify_key()) == checkpoint);
}

TEST_CASE("a note that the key signed is not a checkpoint unless it reads like one") {
  const SigningKey key = SigningKey::generate("log.example");
  const std::string root = crypto::base64(leaf_hash("a")) + "\n";
  for (const std::string& text :
       {"log.example\n1\n" + root + "extension\n", "other.example\n1\n" + root,
        "log.example\n01\n" + root, "log.example\n-1\n" + root, "log.example\n+1\n" + root,
        "log.example\n18446744073709551616\n" + root, "log.example\n\n" + root,
        std::string("log.example\n1\n"), std::string("log.example\n1\nAAAA\n"),
        "stagegate-slot/1 0 0 10 1 " + root + root}) {
    const auto opened = open_checkpoint(key.sign(text), key.verify_key());
    INFO(text);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == Failure::Kind::conflict);
    CHECK_THAT(opened.error().message, ContainsSubstring("not a checkpoint"));
  }
}

TEST_CASE("a checkpoint signed by another key is a conflict") {
  const SigningKey key = SigningKey::generate("log.example");
  const SigningKey other = SigningKey::generate("log.example");
  const std::string note = sign_checkpoint({"log.example", 1, leaf_hash("a")}, other);
  CHECK(open_checkpoint(note, key.verify_key()).error().kind == Failure::Kind::conflict);
}
