#include "common/imageset/announcement.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::imageset;
using text::Json;

namespace {

const std::string kSha = "c85c0068a2f1d0b7c6e5a49382716059483726af";

Lock lock() {
  Lock lock{kSha, kSha, time::parse_instant("2026-11-24T16:00:00Z").value(), {}};
  for (const char letter : {'a', 'b'}) {
    lock.images.push_back({{"registry.example", std::string("stonks/") + letter},
                           {"", {"sha256:" + std::string(64, letter)}, 1}});
  }
  return lock;
}

AnnounceSettings through_kargo() {
  AnnounceSettings settings;
  settings.kargo_project = "stonks-pipeline";
  settings.kargo_warehouse = "stonks-images";
  settings.kargo_url = "https://kargo.example";
  settings.kargo_token = settings::Secret("t0ken-of-a-test");
  return settings;
}

std::string refusal(const AnnounceSettings& settings) {
  const auto checked = check_announce_settings(settings);
  if (checked) return "";
  CHECK(checked.error().kind == Failure::Kind::usage);
  return checked.error().message;
}

}  // namespace

TEST_CASE("nothing set, and each way alone, is in order") {
  CHECK(refusal({}).empty());
  CHECK(refusal(through_kargo()).empty());
  AnnounceSettings in_a_pod = through_kargo();
  in_a_pod.kargo_url.clear();
  in_a_pod.kargo_token = {};
  CHECK(refusal(in_a_pod).empty());
  AnnounceSettings webhook;
  webhook.kargo_webhook_url = settings::Secret("https://kargo.example/webhooks/generic/0123");
  CHECK(refusal(webhook).empty());
}

TEST_CASE("two ways at once are refused, and a part of one") {
  const auto with = [](const auto& change) {
    AnnounceSettings settings = through_kargo();
    change(settings);
    return refusal(settings);
  };
  const settings::Secret webhook("https://kargo.example/webhooks/generic/0123");
  CHECK_THAT(with([&](auto& s) { s.kargo_webhook_url = webhook; }),
             ContainsSubstring("kargo_warehouse: "));
  CHECK_THAT(with([&](auto& s) { s.kargo_webhook_url = webhook, s.create_freight = true; }),
             ContainsSubstring("create_freight: "));
  CHECK_THAT(with([](auto& s) { s.kargo_project.clear(); }), ContainsSubstring("kargo_project: "));
  CHECK_THAT(with([](auto& s) { s.kargo_warehouse.clear(); }),
             ContainsSubstring("kargo_warehouse: "));
  CHECK_THAT(with([](auto& s) { s.kargo_warehouse.clear(), s.kargo_project.clear(); }),
             ContainsSubstring("kargo_warehouse: is missing"));
  CHECK_THAT(with([](auto& s) { s.kargo_token = {}; }), ContainsSubstring("kargo_token: "));
  CHECK_THAT(with([](auto& s) { s.kargo_url.clear(); }), ContainsSubstring("kargo_url: "));
  CHECK_THAT(with([](auto& s) { s.cluster.kube_api = "https://k.example"; }),
             ContainsSubstring("kargo_url: "));
  CHECK_THAT(with([](auto& s) { s.kargo_url = "http://kargo.example"; }), ContainsSubstring("TLS"));
  CHECK_THAT(with([](auto& s) { s.freight_alias = "{sha}"; }),
             ContainsSubstring("freight_alias: "));
  CHECK_THAT(with([](auto& s) { s.freight_images = {"a"}; }),
             ContainsSubstring("freight_images: "));
  CHECK(with([](auto& s) { s.create_freight = true, s.freight_alias = "{sha}"; }).empty());
}

TEST_CASE("a receiver's address is refused without being shown") {
  AnnounceSettings settings;
  settings.kargo_webhook_url = settings::Secret("kargo.example/webhooks/generic/5ecre7");
  CHECK_THAT(refusal(settings), ContainsSubstring("kargo_webhook_url: "));
  CHECK_THAT(refusal(settings), !ContainsSubstring("5ecre7"));
}

TEST_CASE("an alias is the commit, or its first digits, or left to Kargo") {
  CHECK(freight_alias("", kSha).value().empty());
  CHECK(freight_alias("{sha}", kSha).value() == kSha);
  CHECK(freight_alias("build-{sha10}", kSha).value() == "build-c85c0068a2");
  CHECK(freight_alias("{sha10}", "v1.2").value() == "v1.2");
}

TEST_CASE("an alias that two builds would share is refused, and what is none") {
  for (const char* form : {"latest", "{epoch}", "{sha", "{sha} x", "-{sha}", "{sha}{sha}"}) {
    CAPTURE(form);
    const auto alias = freight_alias(form, kSha);
    REQUIRE_FALSE(alias);
    CHECK(alias.error().kind == Failure::Kind::usage);
    CHECK_THAT(alias.error().message, ContainsSubstring("freight_alias: "));
  }
}

TEST_CASE("Freight is of all images, or of those that are named, as they are spelled") {
  const std::vector<oci::Repository> images{{"registry.example", "stonks/a"},
                                            {"registry.example", "stonks/b"},
                                            {"docker.io", "library/c"}};
  const auto all = freight_places({}, images, "").value();
  REQUIRE(all.size() == 3);
  CHECK(all[1].repo_url == "registry.example/stonks/b");
  const auto some = freight_places({"stonks/b", "docker.io/c"}, images, "registry.example").value();
  REQUIRE(some.size() == 2);
  CHECK(some[0].repo_url == "registry.example/stonks/b");
  CHECK(some[0].image == 1);
  CHECK(some[1].repo_url == "docker.io/c");
  CHECK(some[1].image == 2);
}

TEST_CASE("Freight of images that are not there is refused, and of one image twice") {
  const std::vector<oci::Repository> images{{"registry.example", "stonks/a"}};
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"registry.example/stonks/x"},
        {"registry.example/stonks/a", "registry.example/stonks/a"},
        {"registry.example/stonks/a:tag"}}) {
    const auto places = freight_places(names, images, "");
    REQUIRE_FALSE(places);
    CHECK_THAT(places.error().message, ContainsSubstring("freight_images: "));
  }
}

TEST_CASE("Freight has the tested tag and the locked digest, and says where it comes from") {
  AnnounceSettings settings = through_kargo();
  settings.pipeline_url = "https://ci.example/42";
  const Lock locked = lock();
  const auto freight = freight_of({.event = "images-verified",
                                   .lock = locked,
                                   .verified_tag = "verified-1-" + kSha,
                                   .annotations = {{"stagegate.dev/inttest", "passed 214/214"}}},
                                  settings, "alias", {{"registry.example/stonks/b", 1}});
  REQUIRE(freight.images.size() == 1);
  CHECK(freight.images[0].repo_url == "registry.example/stonks/b");
  CHECK(freight.images[0].tag == kSha);
  CHECK(freight.images[0].digest == "sha256:" + std::string(64, 'b'));
  CHECK(freight.annotations == std::vector<std::pair<std::string, std::string>>{
                                   {"stagegate.dev/revision", kSha},
                                   {"stagegate.dev/verified-tag", "verified-1-" + kSha},
                                   {"stagegate.dev/pipeline", "https://ci.example/42"},
                                   {"stagegate.dev/inttest", "passed 214/214"}});
}

TEST_CASE("a receiver is told the event, the tag and every image") {
  const Lock locked = lock();
  const Json body = webhook_body({.event = "images-ready", .lock = locked});
  CHECK(body.text("event") == "images-ready");
  CHECK(body.text("tag") == kSha);
  CHECK(body.find("verified_tag") == nullptr);
  CHECK(body.find("images")->array()->size() == 2);
  CHECK((*body.find("images")->array())[0].text("digest") == "sha256:" + std::string(64, 'a'));
}

TEST_CASE("a receiver has done its work when it refreshed something, or is none of Kargo's") {
  CHECK(fault_of_receiver(200, R"({"results":[{"selectedTargets":[{"name":"w"}]}]})").empty());
  CHECK(fault_of_receiver(204, "").empty());
  CHECK(fault_of_receiver(200, "ok").empty());
  CHECK_THAT(fault_of_receiver(200, R"({"results":[{"summary":"Request did not match"}]})"),
             ContainsSubstring("(Request did not match)"));
  CHECK_THAT(fault_of_receiver(200, R"({"results":[]})"), ContainsSubstring("no Warehouse"));
  CHECK_THAT(fault_of_receiver(500, R"({"results":[{"summary":"Refreshed 0 of 1"}]})"),
             ContainsSubstring("500: Refreshed 0 of 1"));
  CHECK_THAT(fault_of_receiver(404, ""), ContainsSubstring("webhookReceivers"));
  CHECK_THAT(fault_of_receiver(302, ""), ContainsSubstring("302"));
}
