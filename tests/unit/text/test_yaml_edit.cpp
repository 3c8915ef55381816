// A corpus of files as people write them, in yaml_edit/. What an edit has to make of each is told
// by the one piece of text that may differ.
#include <string>
#include <string_view>

#include "common/fs/file.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml_edit.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using text::edit_yaml_scalar;
using text::find_yaml_scalar;

namespace {

struct Case {
  std::string_view file;
  std::string_view path;
  std::string_view value;
  std::string_view old_value;
  std::string_view before;  // once in the file
  std::string_view after;
};

constexpr std::string_view kImage = "image.tag";

const Case kEdits[] = {
    {"helm-values", kImage, "v1.4.3", "v1.4.2", "tag: v1.4.2 ", "tag: v1.4.3 "},
    {"helm-values", kImage, "1.4.3", "v1.4.2", "tag: v1.4.2 ", "tag: \"1.4.3\" "},
    {"helm-values", "replicaCount", "3", "2", "Count: 2", "Count: \"3\""},
    {"helm-values", "service.type", "NodePort", "ClusterIP", "ClusterIP", "NodePort"},
    {"helm-double-quotes", kImage, "12345678", "4f2a9c1d", "4f2a9c1d", "12345678"},
    {"helm-double-quotes", kImage, R"(a"b\c)", "4f2a9c1d", "4f2a9c1d", R"(a\"b\\c)"},
    {"helm-single-quotes", kImage, "0123456", "4f2a9c1d", "4f2a9c1d", "0123456"},
    {"helm-single-quotes", kImage, R"(it's "a\b")", "4f2a9c1d", "4f2a9c1d", R"(it''s "a\b")"},
    {"helm-empty-quotes", kImage, "v1", "", "tag: \"\"", "tag: \"v1\""},
    {"helm-empty-quotes", "image.digest", "v1", "", "''", "'v1'"},
    {"single-quotes-with-quote", "a", "v1", "it's here", "a: 'it''s here'", "a: 'v1'"},
    {"double-quotes-with-escapes", "a", "v1", R"(say "no" \ A)", R"("say \"no\" \\ \x41")",
     "\"v1\""},
    {"double-quotes-with-escapes", "b", "v1", "\u00e9", R"(\u00e9)", "v1"},
    {"many-images", "ingest.image.tag", "v2", "v1", "ingest, tag: v1", "ingest, tag: v2"},
    {"many-images", "web.image.tag", "v2", "v1", "    tag: v1", "    tag: v2"},
    {"flow-map", kImage, "v1.0.1", "v1.0.0", "v1.0.0", "v1.0.1"},
    {"flow-map", kImage, "a,b", "v1.0.0", "v1.0.0", "\"a,b\""},
    {"flow-map-multi-line", kImage, "v2", "v1.0.0", "v1.0.0", "v2"},
    {"flow-as-json", kImage, "7e5", "v1.0.0", "\"v1.0.0\"", "\"7e5\""},
    {"flow-nested-list", "images[1].newTag", "v2", "v1", "web, newTag: v1", "web, newTag: v2"},
    {"flow-nested-list", "images[2][1]", "c", "b", "[a, b]", "[a, c]"},
    {"kustomization", "images[name=query-api].newTag", "v1.4.3", "v1.4.2",
     "query-api\n  newTag: v1.4.2", "query-api\n  newTag: v1.4.3"},
    {"kustomization", "images[1].newTag", "v1.4.3", "v1.4.2", "ingest\n  newTag: v1.4.2",
     "ingest\n  newTag: v1.4.3"},
    {"kustomization-tag-first", "images[name=ingest].newTag", "v2", "v1.4.2",
     "newTag: v1.4.2\n    name: ingest", "newTag: v2\n    name: ingest"},
    {"application", R"(spec.source.helm.parameters[name=image\.tag].value)", "v2", "v1.4.2",
     "v1.4.2", "v2"},
    {"application", "spec.source.helm.parameters[name=replicas].value", "5", "3", "\"3\"", "\"5\""},
    {"applicationset-list", "spec.generators[0].list.elements[cluster=paper].tag", "v2", "v1.4.2",
     "paper\n            tag: v1.4.2", "paper\n            tag: v2"},
    {"anchor-unused", kImage, "v1.4.3", "v1.4.2", "&tag v1.4.2 ", "&tag v1.4.3 "},
    {"anchor-unused", kImage, "00", "v1.4.2", "&tag v1.4.2 ", "&tag \"00\" "},
    {"anchor-quoted", kImage, "v2", "v1.4.2", "&tag   \"v1.4.2\"", "&tag   \"v2\""},
    {"anchor-elsewhere", kImage, "v2", "v1.4.2", "v1.4.2", "v2"},
    {"anchor-redefined", "tag", "v2", "v1", "tag: &x v1", "tag: &x v2"},
    {"alias-in-sibling", kImage, "v2", "v1", "tag: v1", "tag: v2"},
    {"comments-everywhere", kImage, "v3", "v1", "\n  tag: v1 # tag: v2", "\n  tag: v3 # tag: v2"},
    {"comment-hash-in-value", kImage, "v2", "v1#2", "v1#2", "v2"},
    {"comment-hash-in-value", kImage, "a #b", "v1#2", "v1#2", "\"a #b\""},
    {"document-markers", kImage, "v2", "v1", "tag: v1", "tag: v2"},
    {"yaml-directive", kImage, "v2", "v1", "tag: v1", "tag: v2"},
    {"multi-document", kImage, "v2", "v1", "tag: v1", "tag: v2"},
    {"multi-document", "data.version", "v2", "v1", "version: v1", "version: v2"},
    {"multi-document-same-keys", kImage, "v2", "v1", "b\nimage: {tag: v1", "b\nimage: {tag: v2"},
    {"multi-document-same-keys", "[0].image.tag", "v2", "v1", "- image: {tag: v1",
     "- image: {tag: v2"},
    {"dot-in-key", R"(image\.tag)", "v2", "v1", "\nimage.tag: v1", "\nimage.tag: v2"},
    {"dot-in-key", R"(annotations.example\.com/image\.tag)", "v2", "v1", "com/image.tag: v1",
     "com/image.tag: v2"},
    {"dot-in-key", R"(annotations.quoted\.key)", "v2", "v1", "key\": v1", "key\": v2"},
    {"bracket-in-key", R"(images\[0\].tag)", "v2", "v1", "{tag: v1}", "{tag: v2}"},
    {"bracket-in-key", "images[0].tag", "v2", "v0", "v0", "v2"},
    {"keys-in-quotes", kImage, "v2", "v1", "v1", "v2"},
    {"explicit-keys", kImage, "v2", "v1", "v1", "v2"},
    {"value-on-next-line", kImage, "v2", "v1", "    v1", "    v2"},
    {"value-on-next-line", "image.repository", "x/y", "registry.example.com/api",
     "registry.example.com/api", "x/y"},
    {"odd-indentation", kImage, "v2", "v1", "tag:      v1", "tag:      v2"},
    {"odd-indentation", "list[b=1].tag", "v2", "v1", "\n    tag: v1", "\n    tag: v2"},
    {"tabs-as-blanks", kImage, "v2", "v1", "tag:\tv1\t#", "tag:\tv2\t#"},
    {"null-word", kImage, "v2", "null", "tag: null", "tag: v2"},
    {"null-word", kImage, "null", "null", "tag: null", "tag: \"null\""},
    {"null-word", "image.other", "v2", "Null", "Null", "v2"},
    {"null-tilde", kImage, "on", "~", "~", "\"on\""},
    {"number-old", kImage, "7654321", "1234567", "1234567", "\"7654321\""},
    {"number-old", kImage, "1234567", "1234567", "1234567", "\"1234567\""},
    {"number-old", kImage, "abcdef0", "1234567", "1234567", "abcdef0"},
    {"float-old", kImage, "1.10", "1.10", "1.10", "\"1.10\""},
    {"truth-old", kImage, "v2", "on", ": on", ": v2"},
    {"non-ascii", kImage, "v2", "v1", "  tag: v1", "  tag: v2"},
    {"non-ascii", "日本.標", "価", "値", "値", "\"価\""},
    {"non-ascii", "größe", "Köln", "Zürich", "Zürich", "Köln"},
    {"block-scalars-beside", kImage, "v2", "v1", "\nimage:\n  tag: v1", "\nimage:\n  tag: v2"},
    {"multi-line-beside", kImage, "v2", "v1", "tag: v1", "tag: v2"},
    {"same-value-twice", "b.tag", "v2", "v1", "b:\n  tag: v1", "b:\n  tag: v2"},
    {"list-of-scalars", "tags[0]", "v2", "v1", "- v1\n  - \"", "- v2\n  - \""},
    {"list-of-scalars", "tags[1]", "v2", "v1", "\"v1\"", "\"v2\""},
    {"list-of-scalars", "tags[2]", "v2", "v1", "\"\n  - v1", "\"\n  - v2"},
    {"list-of-lists", "[0][0]", "v2", "v1", "- - v1", "- - v2"},
    {"list-of-lists", "[0][1][1].tag", "v2", "v1", "tag: v1", "tag: v2"},
    {"list-of-lists", "[1]", "v2", "v1", "\n- v1", "\n- v2"},
    {"url-values", "image", "r:5000/b@sha256:0", "registry.example.com:5000/api",
     "registry.example.com:5000/api", "\"r:5000/b@sha256:0\""},
    {"url-values", "url", "x", "https://example.com/a#b?c=d&e=*f",
     "https://example.com/a#b?c=d&e=*f", "x"},
    {"digest", kImage, "sha256:00", "sha256:4f2a9c1d", "sha256:4f2a9c1d", "\"sha256:00\""},
    {"duplicate-elsewhere", kImage, "v2", "v1", "v1", "v2"},
    {"tags-elsewhere", kImage, "v2", "v1", "v1", "v2"},
    {"no-trailing-newline-comment", kImage, "v2", "v1", "v1", "v2"},
    {"blank-lines", kImage, "v2", "v1", "v1", "v2"},
    {"trailing-blanks", kImage, "v2", "v1", "v1   ", "v2   "},
    {"compose", "services.api.image", "api", "registry.example.com/api:v1",
     "registry.example.com/api:v1", "api"},
    {"compose", "services.api.environment[0]", "TAG=v2", "TAG=v1", "TAG=v1", "\"TAG=v2\""},
    {"deep", "l0.l1.l2.l3.l4.l5.l6.l7.l8.l9.l10.l11.l12.l13.l14.l15.l16.l17.l18.l19.tag", "v2",
     "v1", "v1", "v2"},
    {"empty-neighbours", kImage, "v2", "v1", "v1", "v2"},
    // What merely looks like trouble.
    {"value-is-map", "image.tag.v", "v2", "1", "1", "v2"},
    {"value-is-list", "image.tag[0]", "v2", "v1", "v1", "v2"},
};

struct Refusal {
  std::string_view file;
  std::string_view path;
  std::string_view words;
};

const Refusal kRefusals[] = {
    {"no-key", kImage, "line 2, column 3: \"image\" has no key \"tag\""},
    {"no-parent", kImage, "line 1, column 1: the document has no key \"image\""},
    {"list-not-map", kImage, "line 2, column 1: \"image\" is a list, and has no key \"tag\""},
    {"helm-values", "image.tag.name",
     "line 6, column 8: \"image.tag\" is one value, and has no key \"name\""},
    {"helm-values", "image[0]", "line 5, column 3: \"image\" is a map, and has no element [0]"},
    {"empty-value", "image.tag.x",
     "line 3, column 3: \"image.tag\" is empty, and has no key \"x\""},
    {"kustomization", "images[2].newTag", "line 7, column 1: \"images\" has no element [2]"},
    {"kustomization", "images[name=web].newTag",
     "line 7, column 1: \"images\" has no element [name=web]"},
    {"element-without-tag", "images[name=api].newTag",
     "line 2, column 3: \"images[name=api]\" has no key \"newTag\""},
    {"alias-value", kImage,
     "line 3, column 8: \"image.tag\" is an alias: change what it stands for, or write the value "
     "out here"},
    {"alias-parent", kImage,
     "line 2, column 8: \"image\" is an alias: change what it stands for, or write the value out "
     "here"},
    {"merge-key", kImage,
     "line 4, column 3: \"image\" has no key \"tag\" of its own: it may come from this merge (<<); "
     "write it "
     "out below"},
    {"merge-source", "base.tag",
     "line 1, column 7: \"base\" is used again as *base in line 4: more than one value would "
     "change"},
    {"anchor-used", kImage,
     "line 2, column 8: \"image.tag\" is used again as *tag in line 4: more than one value would "
     "change"},
    {"anchor-redefined", "a",
     "line 1, column 4: \"a\" is used again as *x in line 2: more than one value would change"},
    {"block-literal", kImage,
     "line 2, column 8: the value is a block (| or >): write it in one line"},
    {"block-folded", kImage,
     "line 2, column 8: the value is a block (| or >): write it in one line"},
    {"multi-line-plain", kImage,
     "line 2, column 8: the value goes over several lines: write it in one"},
    {"multi-line-quoted", kImage,
     "line 2, column 8: the value goes over several lines: write it in one"},
    {"duplicate-key", kImage, "line 4, column 3: the key \"tag\" is there twice"},
    {"duplicate-parent", kImage, "line 3, column 1: the key \"image\" is there twice"},
    {"value-is-map", kImage, "line 2, column 8: \"image.tag\" is a map, not one value"},
    {"value-is-list", kImage, "line 3, column 3: \"image.tag\" is a list, not one value"},
    {"tag-int", kImage,
     "line 2, column 8: the value has a tag (!): write it without, and in quotes"},
    {"tag-behind-anchor", kImage,
     "line 2, column 8: the value has a tag (!): write it without, and in quotes"},
    {"tag-own", kImage,
     "line 2, column 8: the value has a tag (!): write it without, and in quotes"},
    {"tag-non-specific", kImage,
     "line 2, column 8: the value has a tag (!): write it without, and in quotes"},
    {"empty-value", kImage,
     "line 3, column 3: \"image.tag\" has no value to replace: write one first, for example \"\""},
    {"empty-value-before-null", kImage,
     "line 3, column 1: \"image.tag\" has no value to replace: write one first, for example \"\""},
    {"anchor-on-own-line", kImage,
     "line 2, column 8: the value must stand in the line of its anchor"},
    {"anchor-without-value", kImage,
     "line 2, column 8: the value must stand in the line of its anchor"},
    {"several-documents", kImage,
     "the documents 1, 3 all have \"image.tag\": only one may, to be changed"},
    {"no-document-has-it", kImage,
     "none of the 2 documents has \"image.tag\": line 1, column 8: \"image\" has no key \"tag\""},
    {"empty", kImage, "the file is empty"},
    {"alias-key", kImage,
     "line 3, column 3: a key that is an alias: write it out, nobody else compares it"},
    {"tagged-key", kImage,
     "line 2, column 3: a key with a tag: write it without, nobody else compares it"},
    {"two-elements", "images[name=api].newTag",
     "line 6, column 3: a second element of \"images\" is [name=api]"},
    {"alias-element", "images[name=api].newTag",
     "line 3, column 3: an element that is an alias: write it out, nobody else compares it"},
};

std::string corpus(std::string_view name) {
  auto bytes = fs::read_file(text::cat(YAML_CORPUS, "/", name, ".yaml"), 1u << 20);
  if (!bytes) FAIL(bytes.error().message);
  return *std::move(bytes);
}

text::YamlPlace place(std::string_view path, std::optional<std::size_t> document = {}) {
  auto parsed = text::parse_yaml_path(path);
  if (!parsed) FAIL(parsed.error().message);
  return {*std::move(parsed), document};
}

std::string with_crlf(std::string_view text) {
  return text::replaced(text, "\n", "\r\n");
}

std::string without_last_break(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void check_edit(const Case& edit, const std::string& before, const std::string& after) {
  const auto done = edit_yaml_scalar(before, place(edit.path), edit.value);
  if (!done) FAIL(done.error().message);
  CHECK(done->text == after);
  CHECK(done->old_value == edit.old_value);
  CHECK(done->changed);
  const auto found = find_yaml_scalar(done->text, place(edit.path));
  REQUIRE(found);
  CHECK(found->value == edit.value);
  CHECK(found->text);
  const auto again = edit_yaml_scalar(done->text, place(edit.path), edit.value);
  REQUIRE(again);
  CHECK_FALSE(again->changed);
  CHECK(again->text == done->text);
}

std::string refusal(std::string_view text, const text::YamlPlace& where,
                    std::string_view value = "v9") {
  const auto found = find_yaml_scalar(text, where);
  const auto edit = edit_yaml_scalar(text, where, value);
  if (edit) return "edited";
  CHECK(edit.error().kind == Failure::Kind::usage);
  if (!found) CHECK(found.error().message == edit.error().message);
  return edit.error().message;
}

}  // namespace

TEST_CASE("an edit of a YAML file changes one value and not one other byte") {
  for (const Case& edit : kEdits) {
    INFO(edit.file << " " << edit.path << " = " << edit.value);
    const std::string before = corpus(edit.file);
    const std::size_t where = before.find(edit.before);
    REQUIRE(where != std::string::npos);
    REQUIRE(before.find(edit.before, where + 1) == std::string::npos);
    std::string after = before;
    after.replace(where, edit.before.size(), edit.after);

    check_edit(edit, before, after);
    check_edit(edit, with_crlf(before), with_crlf(after));
    const std::string mark = "\xEF\xBB\xBF";
    check_edit(edit, mark + before, mark + after);
    check_edit(edit, mark + with_crlf(before), mark + with_crlf(after));
    check_edit(edit, without_last_break(before), without_last_break(after));
  }
}

TEST_CASE("what cannot be changed alone is refused in plain words") {
  for (const Refusal& refused : kRefusals) {
    INFO(refused.file << " " << refused.path);
    const std::string text = corpus(refused.file);
    CHECK(refusal(text, place(refused.path)) == refused.words);
    CHECK(refusal(with_crlf(text), place(refused.path)) == refused.words);
    CHECK(refusal("\xEF\xBB\xBF" + text, place(refused.path)) == refused.words);
  }
  CHECK_THAT(refusal(corpus("empty-value-last"), place(kImage)),
             ContainsSubstring("no value to replace"));
}

TEST_CASE("a text that is no YAML is refused by line and column") {
  for (const char* broken : {"broken-indentation", "broken-flow", "broken-quote", "tab-indentation",
                             "unknown-alias", "template"}) {
    INFO(broken);
    const std::string words = refusal(corpus(broken), place(kImage));
    CHECK_THAT(words, ContainsSubstring("line "));
    CHECK_THAT(words, ContainsSubstring(", column "));
    CHECK_THAT(words, !ContainsSubstring("own"));
  }
  CHECK(refusal("image: {tag: \x01}\n", place(kImage)) ==
        "line 1, column 14: the control character 1 is not allowed");
  CHECK(refusal("tag: \xFF\n", place("tag")) == "line 1, column 6: no valid UTF-8");
}

TEST_CASE("what parsers of YAML read differently is refused") {
  const std::string words =
      "a line end (CR alone, U+0085, U+2028, U+2029) or a byte order mark that not every parser of "
      "YAML takes for one: remove it";
  for (const char* odd : {"\r", "\u0085", "\u2028", "\u2029", "\uFEFF"}) {
    INFO(odd);
    CHECK(refusal(text::cat("image:\n  tag: v1\n# a", odd, "image: {tag: v0}\n"), place(kImage)) ==
          "line 3, column 4: " + words);
  }
  CHECK(refusal("a: v1 \r", place("a")) == "line 1, column 7: " + words);
  const std::string anchor =
      "the anchor \"x:y\" is read by some parsers only: use letters and digits";
  CHECK(refusal("a: &x:y v1\n", place("a")) == "line 1, column 4: " + anchor);
  CHECK(refusal("&x:y a: v1\nb: v1\n", place("b")) == "line 1, column 1: " + anchor);
}

TEST_CASE("of several documents the asked one is changed") {
  const std::string text = corpus("several-documents");
  const auto first = edit_yaml_scalar(text, place(kImage, 0), "v2");
  REQUIRE(first);
  CHECK(first->text == "image: {tag: v2}\n---\nkind: other\n---\nimage: {tag: v1}\n");
  const auto third = edit_yaml_scalar(text, place(kImage, 2), "v2");
  REQUIRE(third);
  CHECK(third->text == "image: {tag: v1}\n---\nkind: other\n---\nimage: {tag: v2}\n");
  CHECK(refusal(text, place(kImage, 1)) == "line 3, column 1: the document has no key \"image\"");
  CHECK(refusal(text, place(kImage, 3)) == "there is no document 4: the file has 3");
}

TEST_CASE("a value that is there already is no change") {
  for (const auto& [file, value] : {std::pair{"helm-values", "v1.4.2"},
                                    {"helm-double-quotes", "4f2a9c1d"},
                                    {"digest", "sha256:4f2a9c1d"}}) {
    INFO(file);
    const std::string text = corpus(file);
    const auto edit = edit_yaml_scalar(text, place(kImage), value);
    REQUIRE(edit);
    CHECK_FALSE(edit->changed);
    CHECK(edit->text == text);
    CHECK(edit->old_value == value);
  }
  // 1.2.3 is a text to everybody.
  CHECK_FALSE(edit_yaml_scalar("tag: 1.2.3\n", place("tag"), "1.2.3")->changed);
}

TEST_CASE("what is no text to everybody is said to be none") {
  CHECK_FALSE(find_yaml_scalar("tag: 0123456\n", place("tag"))->text);
  CHECK(find_yaml_scalar("tag: '0123456'\n", place("tag"))->text);
  CHECK_FALSE(find_yaml_scalar("tag: ~\n", place("tag"))->text);
  CHECK(find_yaml_scalar("tag: v1\n", place("tag"))->at == text::Position{1, 6});
}

TEST_CASE("values that nobody could see are refused, and so are endless ones") {
  for (const char* value : {"a\nb", "a\tb", "a\rb", "\x1b[31m", "a\u202e", "\u0085", "\xFF"}) {
    CHECK_THAT(refusal("tag: v1\n", place("tag"), value), ContainsSubstring("nobody could see"));
  }
  CHECK_THAT(refusal("tag: v1\n", place("tag"), std::string(4097, 'a')),
             ContainsSubstring("at most 4096"));
}

TEST_CASE("a huge file is edited as quickly as it is read, and one over the limit is refused") {
  std::string text = "first: {tag: v0}\n";
  while (text.size() < 900'000)
    text += "# 0123456789012345678901234567890123456789012345678901234567890\n";
  for (int i = 0; i < 5'000; ++i) text += text::cat("key", i, ": {tag: v1}\n");
  const auto edit = edit_yaml_scalar(text, place("key4999.tag"), "v2");
  REQUIRE(edit);
  CHECK(edit->text.size() == text.size());
  CHECK(edit->text.substr(0, text.size() - 4) == text.substr(0, text.size() - 4));
  CHECK(edit->text.ends_with("key4999: {tag: v2}\n"));
  text.resize((1u << 20) + 1, '\n');
  CHECK(refusal(text, place("first.tag")) ==
        "line 1, column 1: YAML of 1048577 bytes: at most 1048576 are read");
  std::string wide = "tag: v1\nlist: [";
  for (int i = 0; i < 100'000; ++i) wide += "1,";
  CHECK_THAT(refusal(wide + "1]\n", place("tag")), ContainsSubstring("more than 100000 values"));
  CHECK_THAT(refusal("a: " + std::string(40, '[') + std::string(40, ']'), place("a")),
             ContainsSubstring("deeper than 32"));
}

TEST_CASE("a file as large as the limit may still grow by a longer value") {
  std::string text = "tag: v1\n";
  text.resize(1u << 20, '\n');
  const auto edit = edit_yaml_scalar(text, place("tag"), std::string(128, 'a'));
  REQUIRE(edit);
  CHECK(edit->text.size() == text.size() + 126);
}
