#include "common/audit/tree/note.hpp"
#include "common/fs/file.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "tests/catch.hpp"
#include "tests/data.hpp"

using namespace stagegate;
using namespace stagegate::audit;

namespace {

Failure::Kind kind_of(const Result<std::string>& opened) {
  REQUIRE_FALSE(opened);
  return opened.error().kind;
}

}  // namespace

TEST_CASE("the example of C2SP signed-note verifies") {
  const auto path = tests::data_file("audit-vectors/c2sp-signed-note.json");
  if (!path) return;
  const text::Json vector = text::parse_json(fs::read_file(*path).value()).value();
  const auto key = VerifyKey::parse(vector.text("vkey"));
  REQUIRE(key);
  CHECK(key->text() == vector.text("vkey"));
  CHECK(open_note(vector.text("note"), *key) == "This is an example message.\n");
}

TEST_CASE("what a key signs, its public part opens") {
  const SigningKey key = SigningKey::generate("stagegate.example/audit");
  const std::string text = "first line\n\nafter an empty one: ä\n";
  const std::string note = key.sign(text);
  CHECK(open_note(note, key.verify_key()) == text);
  CHECK(key.sign(text) == note);
}

TEST_CASE("keys are read back from their text form, also with white space around it") {
  const SigningKey key = SigningKey::generate("log.example+x" + std::string());
  const SigningKey good = SigningKey::generate("log.example");
  const auto read = SigningKey::parse(" \r\n" + good.text() + "\n\n");
  REQUIRE(read);
  CHECK(read->text() == good.text());
  CHECK(read->verify_key() == good.verify_key());
  const auto verify = VerifyKey::parse(good.verify_key().text() + "\n");
  REQUIRE(verify);
  CHECK(*verify == good.verify_key());
  // A name with a plus sign would be cut at it.
  CHECK_FALSE(SigningKey::parse(key.text()));
}

TEST_CASE("a damaged key is refused, and a signing key is never shown") {
  const std::string text = SigningKey::generate("log.example").text();
  std::string other_name = text;
  other_name.replace(other_name.find("log."), 4, "dog.");
  std::string other_bytes = text;
  other_bytes[text.size() - 10] = other_bytes[text.size() - 10] == 'A' ? 'B' : 'A';
  for (const std::string& damaged :
       {text.substr(0, text.size() - 4), other_name, other_bytes, std::string("PRIVATE+KEY+x"),
        std::string(), std::string("-----BEGIN PRIVATE KEY-----"), text.substr(12)}) {
    const auto parsed = SigningKey::parse(damaged);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().kind == Failure::Kind::usage);
    CHECK_THAT(parsed.error().message, !ContainsSubstring(text.substr(text.size() - 20, 8)));
  }
  const auto mistaken = VerifyKey::parse(text);
  REQUIRE_FALSE(mistaken);
  CHECK(mistaken.error().message == "this is a signing key; its public part is wanted");
}

TEST_CASE("a verification key whose name was changed is refused: the id covers the name") {
  std::string vkey = SigningKey::generate("log.example").verify_key().text();
  vkey.replace(0, 3, "dog");
  const auto parsed = VerifyKey::parse(vkey);
  REQUIRE_FALSE(parsed);
  CHECK_THAT(parsed.error().message, ContainsSubstring("damaged"));
}

TEST_CASE("any changed byte of a note makes it a conflict") {
  const SigningKey key = SigningKey::generate("log.example");
  const std::string note = key.sign("promoted\n");
  for (std::size_t at = 0; at < note.size(); ++at) {
    for (const int bit : {1, 4, 64, 128}) {
      std::string changed = note;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      INFO(at);
      CHECK(kind_of(open_note(changed, key.verify_key())) == Failure::Kind::conflict);
    }
  }
}

TEST_CASE("signatures of others are ignored, whether they come before or after ours") {
  const SigningKey ours = SigningKey::generate("log.example");
  const SigningKey witness = SigningKey::generate("witness.example");
  const std::string text = "promoted\n";
  const std::string our_line = ours.sign(text).substr(text.size() + 1);
  const std::string their_line = witness.sign(text).substr(text.size() + 1);
  CHECK(open_note(text + "\n" + our_line + their_line, ours.verify_key()) == text);
  CHECK(open_note(text + "\n" + their_line + our_line, ours.verify_key()) == text);
  CHECK(open_note(text + "\n" + their_line + our_line, witness.verify_key()) == text);
}

TEST_CASE("a note of another key names both keys") {
  const SigningKey ours = SigningKey::generate("log.example");
  const SigningKey theirs = SigningKey::generate("other.example");
  const auto opened = open_note(theirs.sign("promoted\n"), ours.verify_key());
  CHECK(kind_of(opened) == Failure::Kind::conflict);
  CHECK_THAT(opened.error().message, ContainsSubstring("not signed by log.example+"));
  CHECK_THAT(opened.error().message, ContainsSubstring("other.example+"));
}

TEST_CASE("two keys of one name are told apart by their id") {
  const SigningKey ours = SigningKey::generate("log.example");
  const SigningKey theirs = SigningKey::generate("log.example");
  CHECK_THAT(open_note(theirs.sign("x\n"), ours.verify_key()).error().message,
             ContainsSubstring("not signed by"));
}

TEST_CASE("what is not a signed note is a conflict that says why") {
  const SigningKey key = SigningKey::generate("log.example");
  const std::string line = key.sign("x\n").substr(3);
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string("x\n"), std::string("x\n\n"), "x\n" + line,
        "x\n\n" + line.substr(0, line.size() - 1), "x\n\n" + line + "more\n", "x\n\n" + line + "\n",
        "\xff\n\n" + line, "x\ry\n\n" + line, std::string("x\0y\n\n", 5) + line,
        std::string("x\n\n\xE2\x80\x94 log.example \n"),
        std::string("x\n\n\xE2\x80\x94 log.example AAAA\n"),
        std::string("x\n\n- log.example AAAAAAAA\n")}) {
    const auto opened = open_note(bytes, key.verify_key());
    INFO(text::quoted(bytes));
    CHECK(kind_of(opened) == Failure::Kind::conflict);
    CHECK_THAT(opened.error().message, ContainsSubstring("not a signed note"));
  }
}

TEST_CASE("a note of very many signatures is refused before they are looked at") {
  const SigningKey key = SigningKey::generate("log.example");
  std::string note = key.sign("x\n");
  const std::string line = note.substr(3);
  for (int i = 0; i < 100; ++i) note += line;
  CHECK_THAT(open_note(note, key.verify_key()).error().message, ContainsSubstring("too many"));
}

TEST_CASE("a key's name is what can stand in a note: no space of any kind, no plus, no control") {
  for (const char* good : {"a", "stagegate.example/audit/g2", "größe"}) CHECK(is_key_name(good));
  for (const char* bad : {"", "a b", "a+b", "a\tb", "a\nb", "a\x7f", "a\u00A0b", "a\u3000", "\xff",
                          "a\u2028b", "a\u0085"}) {
    INFO(text::quoted(bad));
    CHECK_FALSE(is_key_name(bad));
  }
}
