#include <string>
#include <vector>

#include "common/oci/tag_list.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::oci;

namespace {

Result<std::vector<std::string>> tags(std::string_view body, std::size_t piece = 7) {
  std::vector<std::string> found;
  const TagSink sink = [&](std::string_view tag) { found.emplace_back(tag); };
  TagListReader reader(sink);
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
    if (auto fed = reader.feed(body.substr(0, piece)); !fed) return forward(fed.error());
  }
  if (auto whole = reader.finish(); !whole) return forward(whole.error());
  return found;
}

using Names = std::vector<std::string>;

Result<std::optional<std::string>> next(std::string_view link) {
  const std::vector<std::string_view> links = {link};
  return next_page(links, "https://reg.example:5000/v2/team/risk/tags/list",
                   "/v2/team/risk/tags/list");
}

}  // namespace

TEST_CASE("a list of tags is read whatever stands around it") {
  CHECK(tags(R"({"name":"team/risk","tags":["a","b"]})").value() == Names{"a", "b"});
  CHECK(tags(R"({"child":[],"manifest":{"sha256:1":{"tag":["no"],"tags":["no"]}},"tags":["a"]})")
            .value() == Names{"a"});
  CHECK(tags(R"({"tags":null,"name":"x"})").value().empty());
  CHECK(tags(R"({"tags":[]})").value().empty());
  CHECK(tags(R"({"tags":["a",["no"],{"tags":["no"]},7,"b"]})").value() == Names{"a", "b"});
}

TEST_CASE("what is no tag is left out") {
  CHECK(tags(R"({"tags":["ok","-no","no way","\u001b[31m","",")" + std::string(129, 'a') + R"("]})")
            .value() == Names{"ok"});
}

TEST_CASE("what is no list of tags, or not a whole one, is no list") {
  for (const auto* body : {"", "<html>", "{}", R"({"name":"x"})", R"({"tags":["a","b")",
                           R"({"errors":[{"code":"NAME_UNKNOWN"}]})", R"([["a"]])"}) {
    INFO(body);
    CHECK_FALSE(tags(body).has_value());
  }
}

TEST_CASE("of a Link only the query counts") {
  CHECK(next(R"(</v2/team/risk/tags/list?last=b&n=2>; rel="next")").value() == "last=b&n=2");
  // Absolute, the port lost; absolute, with a prefix of a proxy.
  CHECK(next(R"(<https://reg.example/v2/team/risk/tags/list?n=2&last=b>; rel=next)").value() ==
        "n=2&last=b");
  CHECK(
      next(R"(<https://reg.example:5000/proxy/v2/team/risk/tags/list?x=1>; rel="next")").value() ==
      "x=1");
  CHECK(next(R"(<?last=b>; rel="next")").value() == "last=b");
  CHECK(next(R"(</v2/team/risk/tags/list?p=0>; rel="prev", <?p=2>; rel="next")").value() == "p=2");
  CHECK(next(R"(</v2/team/risk/tags/list?p=0>; rel="prev")").value() == std::nullopt);
  CHECK(next("").value() == std::nullopt);
}

TEST_CASE("a Link to somewhere else is refused") {
  CHECK_FALSE(next(R"(<https://evil.example/v2/team/risk/tags/list?n=1>; rel="next")").has_value());
  CHECK_FALSE(next(R"(</v2/team/other/tags/list?n=1>; rel="next")").has_value());
  CHECK_FALSE(next(R"(<file:///etc/passwd>; rel="next")").has_value());
}

TEST_CASE("larger pages are asked for where the cursor is a tag") {
  CHECK(with_larger_pages("last=b&n=100") == "n=1000&last=b");
  CHECK(with_larger_pages("last=b") == "n=1000&last=b");
  CHECK(with_larger_pages("n=1000&last=b") == std::nullopt);
  CHECK(with_larger_pages("n=100&next_page=secret") == std::nullopt);
  CHECK(with_larger_pages("n=100") == std::nullopt);
}

TEST_CASE("a page that brings nothing new is noticed") {
  SeenTags seen;
  seen.add("a");
  seen.add("b");
  CHECK(seen.end_page());
  seen.add("b");
  CHECK_FALSE(seen.end_page());
  CHECK_FALSE(seen.end_page());
  seen.add("c");
  CHECK(seen.end_page());
  CHECK(seen.keys().size() == 3);
}
