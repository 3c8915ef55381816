#include "common/imageset/lock.hpp"
#include "plugins/audit-writer/draft/images.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::audit_writer;

namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

}  // namespace

TEST_CASE("an image is a name with a digest; a tag between them is left out") {
  const Image wanted{"registry.example:5000/stonks/scheduler", kDigest};
  CHECK(parse_image(wanted.name + "@" + kDigest).value() == wanted);
  CHECK(parse_image(" " + wanted.name + ":3f2a91c@" + kDigest).value() == wanted);
  CHECK(parse_image("scheduler:1@" + kDigest).value() == Image{"scheduler", kDigest});
}

TEST_CASE("an image without a digest is refused, because its tag may be moved") {
  const auto image = parse_image("stonks/scheduler:3f2a91c");
  REQUIRE_FALSE(image);
  CHECK_THAT(image.error().message, ContainsSubstring("has no digest"));
  CHECK_FALSE(parse_image("a@sha256:abc"));
  CHECK_FALSE(parse_image("a@sha512:" + std::string(64, 'a')));
  CHECK_FALSE(parse_image("@" + kDigest));
}

TEST_CASE("a file of images is JSON or lines") {
  const std::vector<Image> wanted{{"a", kDigest}, {"b", kDigest}};
  CHECK(parse_image_file("a@" + kDigest + "\n\nb@" + kDigest + "\n").value() == wanted);
  CHECK(parse_image_file("[\"a@" + kDigest + "\", {\"name\":\"b\",\"digest\":\"" + kDigest + "\"}]")
            .value() == wanted);
  CHECK(parse_image_file("{\"schema\":1,\"images\":[{\"name\":\"a\",\"tag\":\"x\",\"digest\":\"" +
                         kDigest + "\"},{\"name\":\"b\",\"digest\":\"" + kDigest + "\"}]}")
            .value() == wanted);
  CHECK(parse_image_file("").value().empty());
}

TEST_CASE("what registry-tag-watch has locked can be recorded") {
  imageset::Lock lock;
  lock.images = {{{"registry.example", "stonks/risk"}, {"type", {kDigest}, 7}}};
  CHECK(parse_image_file(imageset::lock_json(lock).dump()).value() ==
        std::vector<Image>{{"registry.example/stonks/risk", kDigest}});
}

TEST_CASE("a file without images says what was expected") {
  const auto none = parse_image_file("{\"schema\":1}");
  REQUIRE_FALSE(none);
  CHECK_THAT(none.error().message, ContainsSubstring("no list of images"));
  CHECK_FALSE(parse_image_file("[1]"));
  CHECK_FALSE(parse_image_file("{"));
}
