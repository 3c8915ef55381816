#include "plugins/audit-writer/watch/freight.hpp"
#include "tests/catch.hpp"

namespace stagegate::audit_writer {
namespace {

Freight read(const char* json, std::string_view image = "") {
  return read_freight(text::parse_json(json).value(), "f00d", image);
}

constexpr const char* kThree = R"({"images": [
  {"repoURL": "r/base", "tag": "v1"},
  {"repoURL": "r/api", "tag": "3f2a91c"},
  {"repoURL": "r/web", "tag": "3f2a91c"}]})";

TEST_CASE("the tag that most images have stands for the Freight") {
  CHECK(read(kThree).tag == "3f2a91c");
  CHECK(read(R"({"images": [{"repoURL": "a", "tag": "1"}, {"repoURL": "b", "tag": "2"}]})").tag ==
        "1");
}

TEST_CASE("a named image's tag stands for the Freight, if it is there") {
  CHECK(read(kThree, "r/base").tag == "v1");
  CHECK(read(kThree, "r/other").tag == "3f2a91c");
}

TEST_CASE("Freight without images is known by its commit, chart, artifact or name") {
  CHECK(read(R"({"commits": [{"id": "abc"}], "charts": [{"version": "1.2.3"}]})").tag == "abc");
  CHECK(read(R"({"charts": [{"version": "1.2.3+build 7"}]})").tag == "1.2.3_build_7");
  CHECK(read(R"({"artifacts": [{"version": "-x"}]})").tag == "_x");
  CHECK(read(R"({"images": "none", "commits": [3]})").tag == "f00d");
}

TEST_CASE("only one commit is the commit, and only a whole one") {
  const std::string sha(40, 'a');
  CHECK(read((R"({"commits": [{"id": ")" + sha + R"("}]})").c_str()).commit == sha);
  CHECK(read(R"({"commits": [{"id": "3f2a91c"}]})").commit.empty());
  CHECK(read((R"({"commits": [{"id": ")" + sha + R"("}, {"id": "b"}]})").c_str()).commit.empty());
}

TEST_CASE("images without a usable digest are left out") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto freight = read((R"({"images": [{"repoURL": "a", "tag": "1", "digest": ")" + digest +
                             R"("}, {"repoURL": "b", "digest": "sha512:00"}, {"tag": "2"}]})")
                                .c_str());
  REQUIRE(freight.images.size() == 1);
  CHECK(freight.images.front() == Image{"a", digest});
}

}  // namespace
}  // namespace stagegate::audit_writer
