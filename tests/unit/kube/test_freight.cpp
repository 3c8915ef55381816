#include "common/kube/freight.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using kube::Freight;
using text::Json;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::string kOther = "sha256:" + std::string(64, 'b');

Freight freight() {
  return {"stonks-pipeline",
          "stonks-images",
          "c85c0068a2",
          {{"registry.example/stonks/query-api", "c85c0068", kDigest},
           {"registry.example/stonks/risk", "c85c0068", kOther}},
          {{"stagegate.dev/revision", "c85c0068"}}};
}

Json image(const std::string& repository, const std::string& digest) {
  return Json().set("repoURL", repository).set("tag", "c85c0068").set("digest", digest);
}

Json there(Json::Array images) {
  return Json()
      .set("metadata", Json().set("name", "0123abcd"))
      .set("origin", Json().set("kind", "Warehouse").set("name", "stonks-images"))
      .set("images", std::move(images));
}

}  // namespace

TEST_CASE("Freight is sent as Kargo's manifests have it") {
  CHECK(kube::freight_json(freight()).dump() ==
        R"({"apiVersion":"kargo.akuity.io/v1alpha1","kind":"Freight",)"
        R"("metadata":{"name":"named-by-kargo","namespace":"stonks-pipeline",)"
        R"("annotations":{"stagegate.dev/revision":"c85c0068"}},"alias":"c85c0068a2",)"
        R"("origin":{"kind":"Warehouse","name":"stonks-images"},)"
        R"("images":[{"repoURL":"registry.example/stonks/query-api","tag":"c85c0068","digest":")" +
            kDigest +
            R"("},{"repoURL":"registry.example/stonks/risk","tag":"c85c0068","digest":")" + kOther +
            R"("}]})");
}

TEST_CASE("without an alias Kargo is left to choose one") {
  Freight plain = freight();
  plain.alias.clear();
  plain.annotations.clear();
  const Json json = kube::freight_json(plain);
  CHECK(json.find("alias") == nullptr);
  CHECK(json.find("metadata")->find("annotations") == nullptr);
}

TEST_CASE("Freight with the same origin and images is the same, in whatever order they come") {
  const Json same = there({image("registry.example/stonks/risk", kOther),
                           image("registry.example/stonks/query-api", kDigest)});
  CHECK(kube::difference(freight(), same).empty());
  CHECK(kube::name_of(same) == "0123abcd");
}

TEST_CASE("in what other Freight differs is said") {
  const Json first = image("registry.example/stonks/query-api", kDigest);
  const Json second = image("registry.example/stonks/risk", kOther);
  const auto unlike = [](const Json& json) { return kube::difference(freight(), json); };
  CHECK_THAT(unlike(there({first, image("registry.example/stonks/risk", kDigest)})),
             ContainsSubstring("registry.example/stonks/risk is c85c0068@" + kDigest +
                               ", not c85c0068@" + kOther));
  CHECK_THAT(unlike(there({first})), ContainsSubstring("no image of registry.example/stonks/risk"));
  CHECK_THAT(unlike(there({first, second, image("registry.example/stonks/more", kDigest)})),
             ContainsSubstring("3 images, not 2"));
  CHECK_THAT(unlike(there({first, second}).set("origin", Json().set("name", "other"))),
             ContainsSubstring("of Warehouse other, not stonks-images"));
  CHECK_THAT(unlike(there({first, second}).set("commits", Json::Array{Json().set("id", "1")})),
             ContainsSubstring("it has commits, too"));
  CHECK(unlike(there({first, second}).set("charts", Json::Array{})).empty());
}

TEST_CASE("an answer that is no Freight is no Freight, and nothing breaks") {
  for (const Json& odd : {Json(), Json("text"), Json(Json::Array{}), Json().set("images", "none"),
                          there({}).set("images", Json::Array{Json(1), Json("x")})}) {
    CHECK_FALSE(kube::difference(freight(), odd).empty());
  }
  CHECK(kube::name_of(Json("text")).empty());
}

TEST_CASE("an alias is what a label can hold") {
  for (const char* good : {"c85c0068a2", "a", "Build_1.2-3", "0"}) CHECK(kube::is_alias(good));
  for (const char* bad : {"", "-a", "a-", "a b", "a/b", ".a", "\xc3\xa9"}) {
    CHECK_FALSE(kube::is_alias(bad));
  }
  CHECK(kube::is_alias(std::string(63, 'a')));
  CHECK_FALSE(kube::is_alias(std::string(64, 'a')));
}
