#include "common/imageset/lock.hpp"
#include "common/imageset/mark.hpp"
#include "tests/catch.hpp"
#include "tests/directory.hpp"

using namespace stagegate;
using namespace stagegate::imageset;

namespace {

Lock two_images() {
  return {
      "abc",
      "abc",
      time::parse_instant("2026-11-24T20:00:00Z").value(),
      {{{"r.example", "team/risk"}, {std::string(oci::kImageIndex), oci::digest_of("1"), 7}},
       {{"r.example", "team/api"}, {std::string(oci::kImageManifest), oci::digest_of("2"), 8}}}};
}

}  // namespace

TEST_CASE("a lock comes back from its file as it was") {
  const tests::Directory directory;
  REQUIRE(write_lock(directory / "images.lock.json", two_images()).has_value());
  const auto read = read_lock(directory / "images.lock.json").value();
  CHECK(lock_json(read) == lock_json(two_images()));
  CHECK(read.images[1].manifest == two_images().images[1].manifest);
}

TEST_CASE("what is no lock is refused") {
  auto json = lock_json(two_images());
  CHECK(parse_lock(json.dump()).has_value());
  CHECK_FALSE(parse_lock("{}").has_value());
  CHECK_FALSE(parse_lock(text::Json(json).set("schema", 2).dump()).has_value());
  CHECK_FALSE(parse_lock(text::Json(json).set("tag", "").dump()).has_value());
  CHECK_FALSE(parse_lock(text::Json(json).set("images", text::Json::Array{}).dump()).has_value());
  const auto& images = *json.find("images")->array();
  CHECK_FALSE(
      parse_lock(text::Json(json).set("images", text::Json::Array{images[0], images[0]}).dump())
          .has_value());
}

TEST_CASE("the anchor is one of the lock's images, and has to be named among several") {
  const Lock lock = two_images();
  CHECK(find_anchor(lock.repositories(), "team/api", "r.example").value() == 1);
  CHECK(find_anchor(lock.repositories(), "r.example/team/risk", {}).value() == 0);
  CHECK(find_anchor(lock.repositories(), "team/risk", {}).value() == 0);
  CHECK_FALSE(find_anchor(lock.repositories(), {}, {}).has_value());
  CHECK_FALSE(find_anchor(lock.repositories(), "team/other", "r.example").has_value());
}
