// Every measured conversion of Woodpecker: what arrives in the environment must be read as what the
// author of the YAML meant, or be refused; where the conversion loses it for good, kLost says so.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/catch.hpp"
#include "tests/data.hpp"
#include "tests/unit/settings/author.hpp"
#include "tests/unit/settings/reading.hpp"

using namespace stagegate;
using namespace stagegate::tests;
using settings::ImageTag;
using settings::Secret;
using text::Json;
using text::YamlNode;
using Texts = std::vector<std::string>;

namespace {

// What cannot be told apart from something else that arrives in the same form. All of it is kept
// by quoting it in the YAML, or by not putting commas into the elements of a list.
struct Lost {
  Texts texts;  // what is read: the elements of a list, or one text
  std::string why;
};
const std::map<std::string, Lost> kLost{
    // numbers in the place of a tag
    {"PLUGIN_I_HEX", {{"31"}, "0x1F"}},
    {"PLUGIN_I_OCT_OLD", {{"493"}, "0755"}},
    {"PLUGIN_I_OCT_NEW", {{"493"}, "0o755"}},
    {"PLUGIN_I_UNDERSCORE", {{"1000"}, "1_000"}},
    {"PLUGIN_I_UNDER", {{"10"}, "1_0"}},
    {"PLUGIN_I_BIN", {{"10"}, "0b1010"}},
    {"PLUGIN_I_LEADING_ZERO", {{"83"}, "00123 is octal"}},
    {"PLUGIN_F_INT", {{"1"}, "1.0"}},
    {"PLUGIN_F_15", {{"1.5"}, "1.50"}},
    {"PLUGIN_F_SEMVER", {{"3.1"}, "3.10"}},
    {"PLUGIN_F_TRAIL", {{"5"}, "5."}},
    {"PLUGIN_F_PI", {{"3.141592653589793"}, "more digits than a double has"}},
    // lists
    {"PLUGIN_L_COMMA", {{"a", "b", "c"}, "a comma in an element"}},
    {"PLUGIN_L_SPACE", {{"a b", "c"}, "blanks around an element"}},
    {"PLUGIN_L_FLOAT", {{"1", "2.5", "1000"}, "numbers are rewritten"}},
    {"PLUGIN_L_SHA", {{"42798", "0123456", "1e+10"}, "numbers are rewritten"}},
};

struct Vector {
  std::string yaml;
  std::string variable;
  std::optional<std::string> value;
};

struct Vectors {
  std::vector<Vector> conversions;
  std::vector<Vector> substitutions;
  std::vector<Vector> errors;
};

std::vector<Vector> vectors_of(const Json& list) {
  std::vector<Vector> out;
  for (const Json& item : *list.array()) {
    Vector vector{std::string(item.text("yaml")), std::string(item.text("env")), std::nullopt};
    const Json* value = item.find("value");
    if (value != nullptr && !value->is_null()) vector.value = *value->string();
    out.push_back(std::move(vector));
  }
  return out;
}

std::optional<Vectors> load() {
  const auto path = data_file("woodpecker-settings-vectors.json");
  if (!path) return std::nullopt;
  std::ifstream stream(*path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto json = text::parse_json(bytes);
  REQUIRE(json);
  return Vectors{vectors_of(*json->find("vectors")),
                 vectors_of(*json->find("substitution_vectors")),
                 vectors_of(*json->find("errors"))};
}

// Reads a value as some type; empty when it is refused, with the reason in `error`.
template <class T>
std::optional<T> read_as(const std::string& value, std::string* error = nullptr) {
  One<T> one;
  const auto read = one.from_env(value);
  if (!read && error != nullptr) *error = read.error().message;
  return read ? std::optional(std::move(one.value)) : std::nullopt;
}

// How the author's key becomes the name of a variable.
std::string variable_of(const std::string& key) {
  std::string name = key == "ünï" ? "ÜNÏ" : text::upper(key);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return "PLUGIN_" + name;
}

// The author's value, and whether it came from a secret.
struct Meant {
  YamlNode node;
  bool secret = false;
};

Meant meant_by(const Vector& vector) {
  // Our own YAML reader refuses these two on purpose; their meaning is plain.
  std::string yaml = substituted(vector.yaml);
  if (vector.variable == "PLUGIN_BIN") yaml = "bin: \"hello\"";
  if (vector.variable == "PLUGIN_M_MERGE") yaml = "m_merge: {x: 1, y: 2}";
  const auto root = text::parse_yaml(yaml);
  INFO(vector.yaml);
  REQUIRE(root);
  const auto found =
      std::find_if(root->entries.begin(), root->entries.end(),
                   [&](const auto& entry) { return variable_of(entry.key) == vector.variable; });
  REQUIRE(found != root->entries.end());
  return {with_secrets(found->value), found->value.find("from_secret") != nullptr};
}

bool is_scalar(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar || node.kind == YamlNode::Kind::null;
}

class Check {
 public:
  explicit Check(std::set<std::string>& lost) : lost_(lost) {}

  void operator()(const Vector& vector) {
    const Meant meant = meant_by(vector);
    CAPTURE(vector.yaml, vector.variable, vector.value.value_or("(not set)"));
    if (!vector.value) return absent(meant);
    if (vector.value->empty()) return empty(meant);
    if (meant.secret) return secret(meant.node.scalar, *vector.value);
    switch (meant.node.kind) {
      case YamlNode::Kind::map:
        return tree(meant.node, *vector.value);
      case YamlNode::Kind::list:
        return list(vector.variable, meant.node, *vector.value);
      default:
        return scalar(vector.variable, meant.node, *vector.value);
    }
  }

 private:
  static void absent(const Meant& meant) {
    CHECK(meant.node.kind == YamlNode::Kind::null);
    One<std::optional<std::string>> one;
    REQUIRE(one.read({}));
    CHECK_FALSE(one.value.has_value());
  }

  // Set, but empty: what the author gave holds nothing either.
  static void empty(const Meant& meant) {
    CHECK(meant.node.scalar.empty());
    for (const YamlNode& item : meant.node.items) CHECK(item.scalar.empty());
    One<std::optional<std::string>> one;
    REQUIRE(one.from_env(""));
    CHECK_FALSE(one.value.has_value());
  }

  static void secret(const std::string& meant, const std::string& value) {
    const auto read = read_as<Secret>(value);
    REQUIRE(read);
    CHECK(read->reveal() == meant);
  }

  static void tree(const YamlNode& meant, const std::string& value) {
    const auto read = read_as<YamlNode>(value);
    REQUIRE(read);
    CHECK(meaning(*read).dump() == meaning(meant).dump());
  }

  void list(const std::string& variable, const YamlNode& meant, const std::string& value) {
    if (!std::all_of(meant.items.begin(), meant.items.end(), is_scalar)) return tree(meant, value);
    const bool dates =
        std::any_of(meant.items.begin(), meant.items.end(),
                    [](const YamlNode& item) { return kind_of(item) == ScalarKind::date; });
    Texts texts;
    for (const YamlNode& item : meant.items) {
      if (!item.scalar.empty()) texts.push_back(item.scalar);
    }
    if (dates) {
      const auto read = read_as<std::vector<time::Date>>(value);
      REQUIRE(read);
      Texts days;
      for (const time::Date day : *read) days.push_back(time::iso_date(day));
      CHECK(days == texts);
      return;
    }
    const auto read = read_as<Texts>(value);
    REQUIRE(read);
    compare(variable, *read, texts);
    std::string error;
    const bool rewritten = variable == "PLUGIN_L_SHA";
    if (rewritten) CHECK_FALSE(read_as<std::vector<ImageTag>>(value, &error));
    if (rewritten) CHECK_THAT(error, ContainsSubstring("quote it in the YAML"));
  }

  void scalar(const std::string& variable, const YamlNode& meant, const std::string& value) {
    const Json wanted = meaning(meant);
    switch (kind_of(meant)) {
      case ScalarKind::boolean:
        CHECK(read_as<bool>(value) == *wanted.boolean());
        return;
      case ScalarKind::date:
        CHECK(read_as<time::Date>(value) == *time::parse_date(meant.scalar));
        CHECK(read_as<ImageTag>(value) == ImageTag{meant.scalar});
        return;
      case ScalarKind::instant:
        CHECK(read_as<time::Instant>(value) == *time::parse_instant(*wanted.string()));
        return;
      case ScalarKind::integer:
      case ScalarKind::real:
        // Whole numbers that fit are read as they were meant; all others are refused.
        CHECK(read_as<std::int64_t>(value) == wanted.integer());
        return tag(variable, meant.scalar, value);
      default:
        CHECK(read_as<std::string>(value) == meant.scalar);
        return words(meant.scalar, value);
    }
  }

  // A number in the place of a tag: as it was written, or refused, or known to be lost.
  void tag(const std::string& variable, const std::string& meant, const std::string& value) {
    if (!settings::parse_image_tag(meant)) return;
    std::string error;
    const auto read = read_as<ImageTag>(value, &error);
    if (read) return compare(variable, {read->text}, {meant});
    CHECK_THAT(error, ContainsSubstring("quote it in the YAML"));
  }

  // Texts that are read as something else where a setting asks for it.
  static void words(const std::string& meant, const std::string& value) {
    if (meant == "yes" || meant == "on") CHECK(read_as<bool>(value) == true);
    if (meant == "no" || meant == "off") CHECK(read_as<bool>(value) == false);
    // One letter is as likely a mistake as an answer.
    if (meant == "y") CHECK_FALSE(read_as<bool>(value));
    using std::chrono::seconds;
    if (meant == "30s") CHECK(read_as<seconds>(value) == seconds{30});
    if (meant == "1h30m") CHECK(read_as<seconds>(value) == seconds{5400});
    if (meant == "2026-07-03") CHECK(read_as<time::Date>(value) == *time::parse_date(meant));
    if (meant == "12345e7") CHECK(read_as<ImageTag>(value) == ImageTag{meant});
    using Map = std::map<std::string, std::string>;
    if (meant == "k=v,k2=v2") CHECK(read_as<Map>(value) == Map{{"k", "v"}, {"k2", "v2"}});
    if (meant == R"(["a","b"])") CHECK(read_as<Texts>(value) == Texts{"a", "b"});
  }

  void compare(const std::string& variable, const Texts& read, const Texts& meant) {
    const auto known = kLost.find(variable);
    if (known == kLost.end()) {
      CHECK(read == meant);
      return;
    }
    // An entry that is no loss has no business in the table.
    CHECK(read != meant);
    CHECK(read == known->second.texts);
    lost_.insert(variable);
  }

  std::set<std::string>& lost_;
};

}  // namespace

TEST_CASE("every value that Woodpecker hands over is read as its author meant it, or refused") {
  const auto vectors = load();
  if (!vectors) return;
  std::set<std::string> lost;
  Check check(lost);
  for (const Vector& vector : vectors->conversions) check(vector);
  for (const Vector& vector : vectors->substitutions) check(vector);
  CHECK(vectors->conversions.size() == 169);
  CHECK(vectors->substitutions.size() == 8);
  // Each known loss was really seen.
  CHECK(lost.size() == kLost.size());
}

TEST_CASE(
    "where Woodpecker itself refuses the YAML no variable comes, and that is an absent setting") {
  const auto vectors = load();
  if (!vectors) return;
  CHECK(vectors->errors.size() == 5);
  for (const Vector& vector : vectors->errors) {
    CAPTURE(vector.yaml);
    CHECK(vector.variable.empty());
    CHECK_FALSE(vector.value.has_value());
    const std::string name = text::parse_yaml(vector.yaml)->entries.at(0).key;
    One<std::optional<YamlNode>> optional({.name = name});
    REQUIRE(optional.read({}));
    CHECK_FALSE(optional.value.has_value());
    One<YamlNode> required({.name = name, .required = true});
    CHECK_THAT(error_of(required.read({})), ContainsSubstring(name + " is required"));
  }
}

TEST_CASE("an element of a map or list that arrived empty is refused, wherever it stands") {
  CHECK_THAT((One<std::map<std::string, std::string>>().error_from_env(R"({"a":""})")),
             ContainsSubstring("the value of \"a\" is empty"));
  CHECK_THAT((One<std::map<std::string, ImageTag>>().error_from_env(R"({"image.tag":"1e+10"})")),
             ContainsSubstring("quote it in the YAML"));
}
