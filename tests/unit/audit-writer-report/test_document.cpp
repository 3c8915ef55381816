// One document in three forms.
#include "plugins/audit-writer/report/document.hpp"
#include "tests/catch.hpp"

using namespace stagegate::audit_writer;

namespace {

Document document_with(const std::string& foreign) {
  Document document;
  document.title = "Report";
  document.subtitle = "2026-Q4";
  document.facts = {{"Changes", "3"}, {"Gaps", {"1", Tone::warning}}};
  document.sections.push_back({.heading = "All changes",
                               .head = {"Record", "Notes"},
                               .rows = {{"7", foreign}},
                               .when_empty = "None."});
  document.sections.push_back(
      {.heading = "Gaps", .head = {"Record"}, .when_empty = "None of these."});
  document.footer = {"as of " + foreign};
  document.literal = "example.com/log\n4\nroot=\n\n\u2014 example.com/log sig=\n";
  return document;
}

}  // namespace

TEST_CASE("nothing that somebody wrote becomes HTML, runs, or turns the page around") {
  const std::string page =
      show_html(document_with("<script>alert(1)</script>\"' & \u202Egnp.exe \x1b[2J"));
  CHECK(page.find("<script") == std::string::npos);
  CHECK_THAT(page, ContainsSubstring("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39; &amp; "
                                     "\\u202egnp.exe \\u001b[2J"));
  CHECK(page.find('\x1b') == std::string::npos);
  CHECK(page.find("\u202E") == std::string::npos);
}

TEST_CASE("the page needs nothing but itself") {
  const std::string page = show_html(document_with("x"));
  for (const auto* reference : {"http:", "https:", "src=", "href=", "@import", "url("}) {
    INFO(reference);
    CHECK(page.find(reference) == std::string::npos);
  }
  CHECK_THAT(page, ContainsSubstring("default-src 'none'"));
}

TEST_CASE("a warning is a sign and a word, not a colour alone") {
  CHECK_THAT(show_text(document_with("x")), ContainsSubstring("! 1"));
  CHECK_THAT(show_markdown(document_with("x")), ContainsSubstring("**! 1**"));
  CHECK_THAT(show_html(document_with("x")), ContainsSubstring("<span class=\"tone odd\"><svg"));
}

TEST_CASE("a table without rows says what that means") {
  CHECK_THAT(show_text(document_with("x")), ContainsSubstring("None of these."));
  CHECK_THAT(show_markdown(document_with("x")), ContainsSubstring("None of these."));
  CHECK_THAT(show_html(document_with("x")), ContainsSubstring("None of these."));
}

TEST_CASE("a table in Markdown stays a table, whatever stands in its cells") {
  const std::string text = show_markdown(document_with("a | b\n# c <b> `d` [e](f) \\"));
  CHECK_THAT(
      text, ContainsSubstring("| 7 | a \\| b\\\\u000a\\# c \\<b\\> \\`d\\` \\[e\\]\\(f\\) \\\\ |"));
}

TEST_CASE("text for a terminal holds nothing that could rewrite it") {
  const std::string text = show_text(document_with("\x1b]0;x\x07 two\nlines \u202E"));
  CHECK_THAT(text, ContainsSubstring("\\u001b]0;x\\u0007 two\\u000alines \\u202e"));
}

TEST_CASE("the checkpoint stands in every form as it was signed") {
  for (const auto& text : {show_text(document_with("x")), show_html(document_with("x"))}) {
    CHECK_THAT(text, ContainsSubstring("example.com/log\n4\nroot=\n\n\u2014 example.com/log sig="));
  }
}
