// Random documents and random edits. The writer of the documents knows where it wrote each value,
// so it knows what the edited text has to be.
#include <array>
#include <random>
#include <string>
#include <vector>

#include "common/text/text.hpp"
#include "common/text/yaml_edit.hpp"
#include "common/text/yaml_plain.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::cat;
using text::YamlNode;

namespace {

struct Written {
  text::YamlPath path;
  std::string value;
  std::size_t offset = 0;
  std::size_t length = 0;
  char quote = 0;
};

class Author {
 public:
  explicit Author(unsigned seed) : dice_(seed) {}

  std::string text;
  std::vector<Written> values;

  void document() {
    if (chance(4)) text += "\xEF\xBB\xBF";
    if (chance(4)) line("# above: {tag: v1}");
    if (chance(4)) line("---");
    block_map(0, 0);
    if (chance(4)) line("...");
  }

  unsigned below(unsigned bound) {
    return std::uniform_int_distribution<unsigned>(0, bound - 1)(dice_);
  }
  bool chance(unsigned of) { return below(of) == 0; }

  std::string any_value() {
    static const std::vector<std::string> kValues{
        "v1",       "v1.2.3", "4f2a9c1d", "1234567", "0123456", "on",   "null",   "~",
        "12:30:45", "1e5",    "a b",      "a: b",    "a #b",    "it's", "say \"", "a\\b",
        "-",        "- a",    "*a",       "&a",      "!a",      "[a]",  "{a}",    "a,b",
        "%a",       "@a",     "größe",    "日本",    "",        "#"};
    return kValues[below(static_cast<unsigned>(kValues.size()))];
  }

 private:
  void newline() { text += crlf_ ? "\r\n" : "\n"; }
  void line(std::string_view words) {
    text += words;
    newline();
  }
  void end_of_line() {
    if (chance(5)) text += std::string(1 + below(3), ' ');
    if (chance(5)) text += " # tag: v1, \"quoted";
    newline();
    if (chance(6)) newline();
  }
  void indent(int depth) {
    if (chance(8)) line(std::string(static_cast<std::size_t>(depth) * 2, ' ') + "# - tag: v1");
    text += std::string(static_cast<std::size_t>(depth) * 2, ' ');
  }

  std::string key(unsigned number) {
    static constexpr std::array<std::string_view, 6> kKeys{"tag",  "image", "a.b",
                                                           "x[0]", "größe", "k e y"};
    return cat(kKeys[below(kKeys.size())], number);
  }

  void value(bool in_flow) {
    Written written{path_, any_value(), 0, 0, 0};
    if (chance(6)) text += cat("&anchor", values.size(), " ");
    const bool plain = text::fit_for_plain(written.value) ||
                       (text::plain_stays_text(written.value) && written.value == "1.2.3") ||
                       (written.value == "1234567" && chance(2));
    written.quote = plain && chance(2) ? '\0' : (chance(2) ? '"' : '\'');
    written.offset = text.size();
    text += rendered(written.value, written.quote);
    written.length = text.size() - written.offset;
    values.push_back(written);
    if (in_flow && chance(4)) text += ' ';
  }

  void flow(int depth) {
    const bool map = chance(2);
    text += map ? '{' : '[';
    const unsigned count = 1 + below(3);
    for (unsigned i = 0; i < count; ++i) {
      if (i > 0)
        text += chance(3) ? "," + std::string(crlf_ ? "\r\n" : "\n") + std::string(40, ' ') : ", ";
      text::YamlStep step;
      if (map) {
        step.key = key(i);
        text += cat('"', step.key, "\": ");
      } else {
        step.kind = text::YamlStep::Kind::index;
        step.index = i;
      }
      path_.steps.push_back(step);
      depth < 4 && chance(4) ? flow(depth + 1) : value(true);
      path_.steps.pop_back();
    }
    text += map ? '}' : ']';
  }

  void block_map(int depth, int level) {
    const unsigned count = 1 + below(4);
    for (unsigned i = 0; i < count; ++i) {
      text::YamlStep step;
      step.key = key(i);
      path_.steps.push_back(step);
      if (!(first_inline_ && i == 0)) indent(depth);
      first_inline_ = false;
      text += chance(2) ? step.key : cat('\'', step.key, '\'');
      text += ':';
      below_key(depth, level);
      path_.steps.pop_back();
    }
  }

  void below_key(int depth, int level) {
    const unsigned kind = level >= 4 ? 0 : below(6);
    if (kind == 4) {
      end_of_line();
      block_map(depth + 1, level + 1);
    } else if (kind == 5) {
      end_of_line();
      block_list(depth + 1, level + 1);
    } else {
      text += std::string(1 + below(3), chance(6) ? '\t' : ' ');
      kind == 3 ? flow(0) : value(false);
      end_of_line();
    }
  }

  void block_list(int depth, int level) {
    const unsigned count = 1 + below(3);
    for (unsigned i = 0; i < count; ++i) {
      text::YamlStep step;
      step.kind = text::YamlStep::Kind::index;
      step.index = i;
      path_.steps.push_back(step);
      indent(depth);
      text += "- ";
      if (level < 4 && chance(3)) {
        first_inline_ = true;
        block_map(depth + 1, level + 1);
      } else {
        chance(4) ? flow(0) : value(false);
        end_of_line();
      }
      path_.steps.pop_back();
    }
  }

 public:
  static std::string rendered(std::string_view value, char quote) {
    if (quote == 0) return std::string(value);
    std::string out(1, quote);
    for (const char c : value) {
      if (quote == '"' && (c == '"' || c == '\\')) out += '\\';
      if (quote == '\'' && c == '\'') out += '\'';
      out += c;
    }
    return out + quote;
  }

 private:
  std::mt19937 dice_;
  text::YamlPath path_;
  bool crlf_ = chance(3);
  bool first_inline_ = false;
};

// The tree without its places, with the value at the path as something else.
std::string flattened(const YamlNode& node) {
  std::string out =
      cat(static_cast<int>(node.kind), node.quoted ? "q" : "p", text::quoted(node.scalar, 9999));
  for (const YamlNode& item : node.items) out += cat('[', flattened(item), ']');
  for (const auto& entry : node.entries)
    out += cat('{', entry.key, '=', flattened(entry.value), '}');
  return out;
}

YamlNode* at(YamlNode& root, const text::YamlPath& path) {
  YamlNode* node = &root;
  for (const auto& step : path.steps) {
    if (step.kind == text::YamlStep::Kind::index) {
      node = &node->items.at(step.index);
    } else {
      for (auto& entry : node->entries) {
        if (entry.key == step.key) {
          node = &entry.value;
          break;
        }
      }
    }
  }
  return node;
}

void check_one(Author& author) {
  const Written& written = author.values[author.below(static_cast<unsigned>(author.values.size()))];
  const std::string value = author.any_value();
  INFO(written.path.text() << " = " << value << "\n" << author.text);
  // Through the text of the path, as settings have it.
  const auto path = text::parse_yaml_path(written.path.text());
  REQUIRE(path);
  const auto edit = text::edit_yaml_scalar(author.text, {*path}, value);
  if (!edit) FAIL(edit.error().message);
  CHECK(edit->old_value == written.value);

  const bool same = value == written.value && (written.quote != 0 || text::plain_stays_text(value));
  const char quote = written.quote != 0 || text::fit_for_plain(value) ? written.quote : '"';
  std::string expected = author.text;
  if (!same) expected.replace(written.offset, written.length, Author::rendered(value, quote));
  CHECK(edit->text == expected);
  CHECK(edit->changed == !same);

  // And as the other reader of YAML sees it.
  auto before = text::parse_yaml(author.text);
  auto after = text::parse_yaml(edit->text);
  REQUIRE(before);
  REQUIRE(after);
  YamlNode* changed = at(*after, written.path);
  CHECK(changed->scalar == value);
  *changed = *at(*before, written.path);
  CHECK(flattened(*before) == flattened(*after));
}

}  // namespace

TEST_CASE("whatever the document and the value, one value changes and everything else stays") {
  std::size_t edits = 0;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    INFO("seed " << seed);
    Author author(seed);
    author.document();
    for (int i = 0; i < 4; ++i, ++edits) check_one(author);
  }
  CHECK(edits == 6000);
}
