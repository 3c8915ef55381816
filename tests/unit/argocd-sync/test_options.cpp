// What the settings cannot say each by itself.
#include "plugins/argocd-sync/options.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;

namespace {

Options good() {
  Options options;
  options.access.server = "https://argocd.example/root";
  options.access.token = settings::Secret("a.b.c");
  options.apps = {"beta"};
  options.tag.text = "2";
  options.parameters = {"image.tag"};
  options.expect_images = {"query-api"};
  options.watch.poll_min = milliseconds(2'000);
  options.watch.poll_max = milliseconds(15'000);
  options.watch.heartbeat = milliseconds(30'000);
  return options;
}

std::string refusal_of(const Options& options, std::string_view verb = "sync") {
  const auto checked = check_options(options, verb);
  if (checked) return {};
  CHECK(checked.error().kind == Failure::Kind::usage);
  return checked.error().message;
}

}  // namespace

TEST_CASE("settings that fit together are taken") {
  CHECK(refusal_of(good()).empty());
  CHECK(refusal_of(good(), "wait").empty());
}

TEST_CASE("an Application is named once") {
  auto options = good();
  options.apps = {"beta", "live", "beta"};
  CHECK(refusal_of(options) == "apps: \"beta\" is there twice");
}

TEST_CASE("an image without a tag needs one to append") {
  auto options = good();
  options.tag.text.clear();
  CHECK(refusal_of(options, "wait") ==
        "expect_images: query-api has no tag, and there is no tag to append");
  options.expect_images = {"registry.example:5000/query-api:1", "other@sha256:00"};
  CHECK(refusal_of(options, "wait").empty());
}

TEST_CASE("a way back needs a tag that is set") {
  auto options = good();
  options.carrier = Carrier::none;
  CHECK(refusal_of(options).empty());
  options.rollback_on_failure = true;
  CHECK(refusal_of(options).starts_with("rollback_on_failure: "));
}

TEST_CASE("paths are appended to the server, so it ends with its own") {
  auto options = good();
  options.access.server = "https://argocd.example/?x=1";
  CHECK(refusal_of(options).starts_with("server: "));
}
