#include "common/text/json.hpp"
#include "tests/catch.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;

namespace {

struct Gate {
  std::chrono::milliseconds need{};
  std::string require;
  settings::ImageTag tag;
  settings::Secret token;
  std::vector<time::Date> holidays;
  Table table{"gate", "May it happen now?"};

  Gate() {
    table.verb({.name = "check", .help = "Answer once."})
        .verb({.name = "wait", .help = "Wait for it.", .positionals = {"need"}})
        .add(need, {.name = "need", .help = "How long it takes.", .fallback = "0s"})
        .add(require, {.name = "require", .help = "What | is.", .choices = {"closed", "open"}})
        .add(tag,
             {.name = "image_tag", .help = "The tag.", .ci = {"CI_COMMIT_SHA"}, .required = true})
        .add(token, {.name = "token", .help = "The token.", .verbs = {"wait"}})
        .add(holidays, {.name = "holidays", .help = "Closed days."});
  }
};

}  // namespace

TEST_CASE("the help shows every flag with its value, default and source") {
  const std::string help = settings::help(Gate().table, "");
  CHECK_THAT(help, ContainsSubstring("gate: May it happen now?\n\nUsage: gate [VERB] [flags]\n"));
  CHECK_THAT(help, ContainsSubstring("  check  Answer once. (the default)\n"));
  CHECK_THAT(help, ContainsSubstring("  --need DURATION\n      How long it takes. Default: 0s.\n"));
  CHECK_THAT(help, ContainsSubstring("  --require closed|open\n"));
  CHECK_THAT(help, ContainsSubstring(
                       "  --image-tag TAG\n      The tag. Required. Default: CI_COMMIT_SHA.\n"));
  CHECK_THAT(help,
             ContainsSubstring("  --token-file FILE\n      The token. Or in PLUGIN_TOKEN.\n"));
  CHECK_THAT(help, ContainsSubstring("  --holidays DATE,...\n"));
}

TEST_CASE("a switch that is on by default is shown as one that switches off") {
  CHECK_THAT(settings::help(Gate().table, ""), ContainsSubstring("  --no-strict-settings\n"));
}

TEST_CASE("the help of a verb shows only what it uses") {
  CHECK(settings::help(Gate().table, "check").find("--token") == std::string::npos);
  const std::string wait = settings::help(Gate().table, "wait");
  CHECK_THAT(wait, ContainsSubstring("Usage: gate wait NEED [flags]\n"));
  CHECK_THAT(wait, ContainsSubstring("--token-file"));
}

TEST_CASE("the table for the documentation has one row for each setting") {
  const std::string docs = settings::docs_table(Gate().table);
  CHECK_THAT(docs, ContainsSubstring(
                       "| `need` | duration (`90s`, `1h30m`) | `0s` | How long it takes. |\n"));
  CHECK_THAT(docs, ContainsSubstring("| `require` | `closed`, `open` |  | What \\| is. |\n"));
  CHECK_THAT(docs, ContainsSubstring("| `$CI_COMMIT_SHA`, else **required** | The tag. |\n"));
  CHECK_THAT(docs, ContainsSubstring("| secret |  | The token. Only for `wait`. |\n"));
  CHECK_THAT(docs, ContainsSubstring("| `verb` | "));
}

TEST_CASE("the schema is JSON that names every setting and refuses others") {
  const auto schema = text::parse_json(settings::schema(Gate().table).dump(2));
  REQUIRE(schema);
  CHECK(*schema->find("additionalProperties")->boolean() == false);
  const text::Json& properties = *schema->find("properties");
  CHECK(properties.object()->size() == 8);
  CHECK(properties.find("need")->text("default") == "0s");
  CHECK(
      properties.find("holidays")->dump() ==
      R"({"description":"Closed days.","anyOf":[{"type":"array","items":{"type":"string","format":"date"}},)"
      R"({"type":"string"},{"$ref":"#/$defs/from_secret"}]})");
}
