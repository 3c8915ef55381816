// Where the tag is, and the patch that sets another. The patches are applied by the tests'
// stand-in of Argo CD; here it is what they are.
#include "plugins/argocd-sync/carrier/carrier.hpp"
#include "tests/catch.hpp"

using namespace stagegate;
using namespace stagegate::argocd;
using text::Json;

namespace {

const std::string kOld(40, '1');
const std::string kNew(40, '2');

Application with(const std::string& sources, bool several = false) {
  Application app;
  const auto json = text::parse_json(sources).value();
  app.several = several;
  app.sources = several ? *json.array() : std::vector<Json>{json};
  return app;
}

Wish helm(std::vector<std::string> parameters = {"image.tag"}) {
  return {.carrier = Carrier::helm, .tag = kNew, .parameters = std::move(parameters)};
}

Wish kustomize(std::vector<std::string> images) {
  return {.carrier = Carrier::kustomize, .tag = kNew, .kustomize_images = std::move(images)};
}

std::string patch_of(const Wish& wish, const Application& app) {
  const auto edit = edit_of(wish, app);
  REQUIRE(edit);
  std::string text;
  for (const Json& step : edit->patch) {
    text += std::string(step.text("op")) + " " + std::string(step.text("path")) + " " +
            step.find("value")->dump() + "\n";
  }
  return text;
}

std::string refusal_of(const Wish& wish, const Application& app) {
  const auto edit = edit_of(wish, app);
  REQUIRE_FALSE(edit);
  CHECK(edit.error().kind == Failure::Kind::usage);
  return edit.error().message;
}

constexpr const char* kParameters =
    R"({"repoURL": "u", "helm": {"parameters": [{"name": "a", "value": "b"},
        {"name": "image.tag", "value": "1111111111111111111111111111111111111111"}]}})";

}  // namespace

TEST_CASE("a parameter is replaced where it stands, as text, if it is as it was read") {
  CHECK(patch_of(helm(), with(kParameters)) ==
        "test /spec/source/repoURL \"u\"\n"
        "test /spec/source/helm/parameters/1 {\"name\":\"image.tag\",\"value\":\"" +
            kOld +
            "\"}\n"
            "replace /spec/source/helm/parameters/1 {\"name\":\"image.tag\",\"value\":\"" +
            kNew + "\",\"forceString\":true}\n");
  const auto edit = edit_of(helm(), with(kParameters));
  CHECK(edit->before == kOld);
  CHECK(edit->what == std::vector<std::string>{"image.tag: " + kOld + " -> " + kNew});
}

TEST_CASE("what is missing around a new parameter is made, once") {
  CHECK(patch_of(helm({"a.tag", "b.tag"}), with(R"({"repoURL": "u"})")) ==
        "test /spec/source/repoURL \"u\"\n"
        "add /spec/source/helm {}\n"
        "add /spec/source/helm/parameters []\n"
        "add /spec/source/helm/parameters/- {\"name\":\"a.tag\",\"value\":\"" +
            kNew +
            "\",\"forceString\":true}\n"
            "add /spec/source/helm/parameters/- {\"name\":\"b.tag\",\"value\":\"" +
            kNew + "\",\"forceString\":true}\n");
  const auto patch = patch_of(helm({"c"}), with(kParameters));
  CHECK(patch.find("add /spec/source/helm/parameters/- ") != std::string::npos);
  CHECK(patch.find("add /spec/source/helm ") == std::string::npos);
  CHECK(patch.find("add /spec/source/helm/parameters [") == std::string::npos);
}

TEST_CASE("what is as wished already is not written again, but a number is made a text") {
  const auto there = [](const std::string& more) {
    return with(R"({"repoURL": "u", "helm": {"parameters": [{"name": "image.tag", "value": ")" +
                kNew + "\"" + more + "}]}}");
  };
  CHECK(patch_of(helm(), there(R"(, "forceString": true)")).empty());
  CHECK_FALSE(patch_of(helm(), there("")).empty());
  CHECK_FALSE(patch_of(helm(), there(R"(, "forceString": false)")).empty());
}

TEST_CASE("of several sources the one that is named is changed, and guarded by its name") {
  const auto app =
      with(R"([{"name": "values", "repoURL": "v"}, {"name": "chart", "repoURL": "c"}])", true);
  for (const char* which : {"chart", "2"}) {
    auto wish = helm();
    wish.source = which;
    const auto patch = patch_of(wish, app);
    CHECK(
        patch.starts_with("test /spec/sources/1/repoURL \"c\"\n"
                          "test /spec/sources/1/name \"chart\"\n"));
    CHECK(patch.find("add /spec/sources/1/helm/parameters/- ") != std::string::npos);
  }
  CHECK(refusal_of(helm(), app) ==
        "source: the Application has 2 sources: say which has the tag, by its name or its number");
  auto wish = helm();
  wish.source = "3";
  CHECK(refusal_of(wish, app) ==
        "source: there is no number 3, the Application has 2 (they count from 1)");
  wish.source = "chard";
  CHECK(refusal_of(wish, app) ==
        "source: the Application has no source that is called \"chard\"; did you mean chart?");
  CHECK(refusal_of(helm(), with("[]", true)) == "the Application has no source");
}

TEST_CASE("an Application with a list of one source is changed in its list") {
  CHECK(patch_of(helm(), with(R"([{"repoURL": "u"}])", true))
            .starts_with("test /spec/sources/0/repoURL"));
}

TEST_CASE("an image of Kustomize keeps its new name and loses its digest") {
  const auto app = with(R"({"repoURL": "u", "kustomize": {"images": [
      "plain:1", "old=registry.example:5000/new:1", "pinned@sha256:00", "registry.example:5000/bare"]}})");
  const auto value_of = [&](const std::string& image) {
    const auto edit = edit_of(kustomize({image}), app);
    REQUIRE(edit);
    return *edit->patch.back().find("value")->string();
  };
  CHECK(value_of("plain") == "plain:" + kNew);
  CHECK(value_of("old") == "old=registry.example:5000/new:" + kNew);
  CHECK(value_of("pinned") == "pinned:" + kNew);
  CHECK(value_of("registry.example:5000/bare") == "registry.example:5000/bare:" + kNew);
  CHECK(value_of("another") == "another:" + kNew);
  CHECK(edit_of(kustomize({"plain"}), app)->before == "1");
  CHECK(expected_images(kustomize({"old", "plain"}), app.sources) ==
        std::vector<std::string>{"registry.example:5000/new:" + kNew, "plain:" + kNew});
  CHECK(expected_images(helm(), app.sources).empty());
}

TEST_CASE("a source of another kind is refused: nothing would come of it") {
  CHECK(refusal_of(helm(), with(R"({"repoURL": "u", "kustomize": {}})"))
            .ends_with("set carrier: kustomize"));
  CHECK(refusal_of(kustomize({"a"}), with(R"({"repoURL": "u", "chart": "c"})"))
            .starts_with("carrier: the source is of the kind chart"));
}

TEST_CASE("what is set elsewhere changes nothing here") {
  for (const Carrier carrier : {Carrier::none, Carrier::git}) {
    const Wish wish{.carrier = carrier, .tag = kNew};
    CHECK(edit_of(wish, with("[]", true))->patch.empty());
    CHECK(missing_in(wish, {}).empty());
  }
}

TEST_CASE("what somebody has taken back is named") {
  CHECK(missing_in(helm(), with(kParameters).sources) ==
        "the parameter image.tag is " + kOld + " now");
  CHECK(missing_in(helm({"c"}), with(kParameters).sources) ==
        "the parameter c is not set any more");
  const auto images = with(R"({"kustomize": {"images": ["a:1", "b:)" + kNew + "\"]}}").sources;
  CHECK(missing_in(kustomize({"a"}), images) == "the image a is at 1 now");
  CHECK(missing_in(kustomize({"b"}), images).empty());
  CHECK(missing_in(kustomize({"c"}), images) == "the image c is not set any more");
}

TEST_CASE("the tag that was there is told only where there was one, and it was a tag") {
  const auto parameters = [](const std::string& first, const std::string& second) {
    return with(R"({"repoURL": "u", "helm": {"parameters": [{"name": "a", "value": ")" + first +
                R"(", "forceString": true}, {"name": "b", "value": ")" + second +
                R"(", "forceString": true}]}})");
  };
  const auto before = [](const Wish& wish, const Application& app) {
    return edit_of(wish, app).value().before;
  };
  CHECK(before(helm({"a", "b"}), parameters("1", "1")) == "1");
  CHECK(before(helm({"a", "b"}), parameters("1", "3")).empty());
  CHECK(before(helm({"a", "b"}), parameters(kNew, "1")).empty());
  CHECK(before(helm({"a", "c"}), parameters("1", "1")).empty());
  const auto images =
      with(R"({"repoURL": "u", "kustomize": {"images": ["a:1", "b:3", "pinned@sha256:00"]}})");
  CHECK(before(kustomize({"a", "b"}), images).empty());
  CHECK(before(kustomize({"pinned"}), images).empty());
  CHECK(before(helm(),
               with(R"({"repoURL": "u", "helm": {"parameters": [{"name": "image.tag", "value": ")" +
                    kNew + R"("}]}})"))
            .empty());
}
