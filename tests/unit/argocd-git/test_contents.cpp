#include "common/text/json.hpp"
#include "plugins/argocd-sync/git/contents.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd::git;
using Why = NotWritten::Why;

namespace {

const std::string kSha = "0123456789abcdef0123456789abcdef01234567";

http::Response answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string refusal(const std::string& body) {
  const auto file = file_of(answer(200, body), "read a.yaml of o/r on main");
  return file ? "accepted" : file.error().message;
}

}  // namespace

TEST_CASE("a file is read from base64 in one line and in many") {
  const auto file = file_of(
      answer(200, R"({"type":"file","sha":")" + kSha + R"(","size":5,"content":"aGVs\nbG8=\n"})"),
      "read");
  REQUIRE(file);
  CHECK(file->bytes == "hello");
  CHECK(file->blob == kSha);
  CHECK(file_of(answer(200, R"({"type":"file","sha":")" + kSha + R"(","size":0,"content":""})"),
                "read")
            ->bytes.empty());
}

TEST_CASE("what is no file, and a content that is not whole, is refused") {
  CHECK_THAT(refusal("<html>"), ContainsSubstring("no JSON (is git_api the address"));
  CHECK(refusal("[]") == "could not read a.yaml of o/r on main: it is no file but a directory");
  CHECK_THAT(refusal(R"({"type":"symlink"})"),
             ContainsSubstring("name the file that it points to"));
  CHECK_THAT(refusal(R"({"type":"submodule"})"), ContainsSubstring("no file but \"submodule\""));
  const std::string file = R"({"type":"file","sha":")" + kSha + R"(","size":5,)";
  CHECK_THAT(refusal(file + R"("content":"","encoding":"none"})"),
             ContainsSubstring("file of 5 bytes"));
  CHECK_THAT(refusal(file + R"("content":null})"), ContainsSubstring("above 1 MB"));
  CHECK_THAT(refusal(file + R"("content":"aGVsbA=="})"), ContainsSubstring("cut or no base64"));
  CHECK_THAT(refusal(file + R"("content":"!"})"), ContainsSubstring("cut or no base64"));
  CHECK_THAT(refusal(R"({"type":"file","sha":"x","size":5,"content":"aGVsbG8="})"),
             ContainsSubstring("no sha or no size"));
}

TEST_CASE("commits are read, and a list of none is none") {
  const auto commit =
      commits_of(answer(200, R"([{"sha":")" + kSha +
                                 R"(","commit":{"message":"m\n","author":{"name":"carol"}}}])"),
                 "");
  REQUIRE(commit);
  CHECK(commit->front().sha == kSha);
  CHECK(commit->front().message == "m\n");
  CHECK(commit->front().author == "carol");
  CHECK(commits_of(answer(200, "[]"), "")->empty());
  CHECK_FALSE(commits_of(answer(200, "{}"), ""));
  CHECK_FALSE(commits_of(answer(200, R"([{"sha":"zz"}])"), ""));
  CHECK(*written_commit(answer(201, R"({"commit":{"sha":")" + kSha + R"("}})"), "") == kSha);
  CHECK_FALSE(written_commit(answer(201, "{}"), ""));
}

TEST_CASE("each status of a write has its meaning and its advice") {
  struct Row {
    int status;
    Why why;
    bool passing;
    const char* words;
  };
  for (const Row& row : {Row{400, Why::refused, false, "answered 400 \"m\""},
                         {307, Why::refused, false, "it has moved"},
                         {401, Why::refused, false, "git_token is wrong"},
                         {403, Why::refused, false, "the branch is protected"},
                         {404, Why::absent, false, "no right to see it"},
                         {405, Why::refused, false, "too old"},
                         {409, Why::moved, false, "409"},
                         {413, Why::refused, false, "too large"},
                         {422, Why::moved, false, "422"},
                         {423, Why::refused, false, "archived"},
                         {429, Why::busy, true, "too many requests"},
                         {500, Why::uncertain, true, "500"},
                         {502, Why::uncertain, true, "502"},
                         {503, Why::uncertain, true, "503"},
                         {504, Why::uncertain, true, "504"}}) {
    INFO(row.status);
    const auto result =
        not_written(answer(row.status, R"({"message":"m"})"), "write a.yaml", Kind::gitea);
    CHECK(result.why == row.why);
    CHECK(result.failure.passing == row.passing);
    CHECK(result.failure.kind == Failure::Kind::unknown);
    CHECK_THAT(result.failure.message,
               ContainsSubstring("could not write a.yaml: the Git server answered "));
    CHECK_THAT(result.failure.message, ContainsSubstring(row.words));
  }
  CHECK_THAT(refusal_of(answer(404, ""), "x", Kind::github).message,
             ContainsSubstring("for GitHub both"));
}

TEST_CASE("a rate limit that says 403 is no missing right") {
  auto response = answer(403, R"({"message":"API rate limit exceeded"})");
  response.headers.set("x-ratelimit-remaining", "0");
  CHECK(not_written(response, "", Kind::github).why == Why::busy);
  auto secondary = answer(403, "");
  secondary.retry_after = std::chrono::seconds(60);
  CHECK(not_written(secondary, "", Kind::github).why == Why::busy);
  CHECK(not_written(secondary, "", Kind::github).pause == std::chrono::seconds(60));
}

TEST_CASE("a lost answer is uncertain, and a request that was never sent is not") {
  CHECK(not_written(Failure{Failure::Kind::unknown, "cut", true}).why == Why::uncertain);
  CHECK(not_written(Failure{Failure::Kind::deadline, "late"}).why == Why::uncertain);
  CHECK(not_written(Failure{Failure::Kind::usage, "malformed"}).why == Why::refused);
}

TEST_CASE("an order for one file and one for several") {
  Order order{{{"a/b.yaml", kSha, "hello"}}, "m", "", ""};
  CHECK(write_body(order, "main") ==
        R"({"branch":"main","message":"m","sha":")" + kSha + R"(","content":"aGVsbG8="})");
  order.author_name = "n";
  order.author_email = "e";
  order.changes.push_back({"c.yaml", "x", ""});
  const auto json = text::parse_json(write_body(order, "main"));
  REQUIRE(json);
  CHECK(json->find("author")->text("name") == "n");
  CHECK(json->find("committer")->text("email") == "e");
  REQUIRE(json->find("files")->array()->size() == 2);
  CHECK(json->find("files")->array()->at(0).text("operation") == "update");
  CHECK(json->find("files")->array()->at(1).text("path") == "c.yaml");
}

TEST_CASE("a path keeps its slashes and nothing else that means something") {
  CHECK(encoded_path("apps/a b#c?.yaml") == "apps/a%20b%23c%3F.yaml");
  CHECK(encoded_path("größe") == "gr%C3%B6%C3%9Fe");
}
