#include "common/imageset/verified_tag.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::imageset;

TEST_CASE("a verified tag sorts by time and fits into a label") {
  const std::string sha(40, 'a');
  CHECK(verified_tag(kVerifiedForm, 1'764'000'000, sha).value() == "verified-1764000000-" + sha);
  CHECK(verified_tag(kVerifiedForm, 1, sha).value() == "verified-0000000001-" + sha);
  CHECK(verified_tag(kVerifiedForm, 1'764'000'000, sha)->size() == 60);  // of 63
}

TEST_CASE("a form that cannot tell two builds apart is refused, and so is what is no tag") {
  CHECK_FALSE(verified_tag("verified-{epoch}", 1, "a").has_value());
  CHECK_FALSE(verified_tag("{epoch}/{sha}", 1, "a").has_value());
  CHECK_FALSE(verified_tag(kVerifiedForm, 0, "a").has_value());
  CHECK_FALSE(verified_tag(kVerifiedForm, 10'000'000'000, "a").has_value());
  CHECK(verified_tag("{sha}-{sha}", 1, "a").value() == "a-a");
}
