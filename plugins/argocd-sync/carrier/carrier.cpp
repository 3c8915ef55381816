#include "plugins/argocd-sync/carrier/carrier.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using text::Json;

const Json::Array& list_at(const Json& json, std::string_view first, std::string_view second) {
  return array_of(member(json, {first, second}));
}

bool has(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && !member->is_null();
}

Result<std::size_t> place_of(const std::string& wanted, const std::vector<Json>& sources) {
  if (sources.empty()) return usage("the Application has no source");
  if (wanted.empty()) {
    if (sources.size() == 1) return 0;
    return usage(cat("source: the Application has ", sources.size(),
                     " sources: say which has the tag, by its name or its number"));
  }
  if (const auto number = text::parse_count(wanted)) {
    if (*number >= 1 && *number <= sources.size()) return static_cast<std::size_t>(*number - 1);
    return usage(cat("source: there is no number ", wanted, ", the Application has ",
                     sources.size(), " (they count from 1)"));
  }
  std::vector<std::string> names;
  for (std::size_t place = 0; place < sources.size(); ++place) {
    if (sources[place].text("name") == wanted) return place;
    names.emplace_back(sources[place].text("name"));
  }
  const auto meant = text::nearest(wanted, names);
  return usage(cat("source: the Application has no source that is called ", text::quoted(wanted),
                   meant.empty() ? "" : cat("; did you mean ", meant, "?")));
}

Json step(std::string_view op, const std::string& path, Json value) {
  return Json().set("op", op).set("path", path).set("value", std::move(value));
}

// What was there before, as long as it is one tag for all: only that can be set back.
class Before {
 public:
  void add(const std::string& tag) {
    if (!first_) first_ = tag;
    one_ = one_ && tag == *first_ && settings::is_image_tag(tag);
  }
  std::string tag() const { return one_ ? first_.value_or("") : ""; }

 private:
  std::optional<std::string> first_;
  bool one_ = true;
};

// Builds the patch of one source.
class Patcher {
 public:
  Patcher(const Json& source, std::string base) : source_(source), base_(std::move(base)) {
    // Positions move when somebody adds a source.
    guard("/repoURL", "repoURL");
    if (has(source_, "name")) guard("/name", "name");
  }

  // Replaces the element of /outer/inner at `place`, or adds one behind all.
  void put(std::string_view outer, std::string_view inner, std::optional<std::size_t> place,
           Json value) {
    const std::string list = cat(base_, "/", outer, "/", inner);
    const Json::Array& there = list_at(source_, outer, inner);
    changed_ = true;
    if (place) {
      const std::string path = cat(list, "/", *place);
      steps_.push_back(step("test", path, there[*place]));
      steps_.push_back(step("replace", path, std::move(value)));
      return;
    }
    if (!made_ && !has(source_, outer)) {
      steps_.push_back(step("add", cat(base_, "/", outer), Json(Json::Object{})));
    }
    if (!made_ && there.empty()) steps_.push_back(step("add", list, Json(Json::Array{})));
    made_ = true;
    steps_.push_back(step("add", cat(list, "/-"), std::move(value)));
  }

  std::vector<Json> take() { return changed_ ? std::move(steps_) : std::vector<Json>(); }

 private:
  void guard(std::string_view path, std::string_view name) {
    steps_.push_back(step("test", cat(base_, path), std::string(source_.text(name))));
  }

  const Json& source_;
  std::string base_;
  std::vector<Json> steps_;
  bool made_ = false;  // the list is there, or is being made
  bool changed_ = false;
};

// ---- Helm ----

std::optional<std::size_t> parameter_place(const Json& source, const std::string& name) {
  const auto& there = list_at(source, "helm", "parameters");
  const auto found = std::ranges::find_if(
      there, [&](const Json& parameter) { return parameter.text("name") == name; });
  if (found == there.end()) return std::nullopt;
  return static_cast<std::size_t>(found - there.begin());
}

// Without forceString Helm reads 0123456 as a number.
bool carries(const Json& parameter, const std::string& tag) {
  const Json* force = parameter.find("forceString");
  return parameter.text("value") == tag && force != nullptr && force->boolean() != nullptr &&
         *force->boolean();
}

Result<> edit_helm(const Wish& wish, const Json& source, Patcher& patcher, Edit& edit) {
  for (const std::string_view other : {"kustomize", "directory", "plugin"}) {
    if (has(source, other)) {
      return usage(cat("carrier: the source is of the kind ", other, ", helm parameters have no ",
                       "effect there", other == "kustomize" ? ": set carrier: kustomize" : ""));
    }
  }
  const auto& there = list_at(source, "helm", "parameters");
  Before all;
  for (const std::string& name : wish.parameters) {
    const auto place = parameter_place(source, name);
    const std::string before(place ? there[*place].text("value") : "");
    all.add(before);
    if (place && carries(there[*place], wish.tag)) continue;
    patcher.put("helm", "parameters", place,
                Json().set("name", name).set("value", wish.tag).set("forceString", true));
    edit.what.push_back(cat(name, ": ", before.empty() ? "(not set)" : before, " -> ", wish.tag));
  }
  edit.before = all.tag();
  return {};
}

std::string helm_lacks(const Wish& wish, const Json& source) {
  const auto& there = list_at(source, "helm", "parameters");
  for (const std::string& name : wish.parameters) {
    const auto place = parameter_place(source, name);
    if (!place) return cat("the parameter ", name, " is not set any more");
    if (there[*place].text("value") != wish.tag) {
      return cat("the parameter ", name, " is ", there[*place].text("value"), " now");
    }
  }
  return {};
}

// ---- Kustomize ----

// "name=new/name:tag", "name:tag" or "name@digest", as Argo CD takes it apart.
struct Override {
  std::string name;
  std::string new_name;  // with what is in front of it: "name=new/name"
  std::string tag;       // or a digest
};

Override override_of(const std::string& text) {
  Override image;
  const auto equals = text.find('=');
  const std::size_t begin = equals == std::string::npos ? 0 : equals + 1;
  std::string_view target = std::string_view(text).substr(begin);
  if (const auto at = target.find('@'); at != std::string_view::npos) {
    image.tag = target.substr(at + 1);
    target = target.substr(0, at);
  } else {
    const auto bare = settings::without_tag(target);
    if (bare.size() < target.size()) image.tag = target.substr(bare.size() + 1);
    target = bare;
  }
  image.name = equals == std::string::npos ? std::string(target) : text.substr(0, equals);
  image.new_name = cat(text.substr(0, begin), target);
  return image;
}

std::optional<std::size_t> override_place(const Json::Array& there, const std::string& name) {
  for (std::size_t place = 0; place < there.size(); ++place) {
    if (there[place].string() != nullptr && override_of(*there[place].string()).name == name) {
      return place;
    }
  }
  return std::nullopt;
}

Result<> edit_kustomize(const Wish& wish, const Json& source, Patcher& patcher, Edit& edit) {
  for (const std::string_view other : {"helm", "directory", "plugin", "chart"}) {
    if (has(source, other)) {
      return usage(cat("carrier: the source is of the kind ", other,
                       ", Kustomize images have no effect there"));
    }
  }
  const auto& there = list_at(source, "kustomize", "images");
  Before all;
  for (const std::string& name : wish.kustomize_images) {
    const auto place = override_place(there, name);
    Override image{name, name, {}};
    if (place) image = override_of(*there[*place].string());
    all.add(image.tag);
    if (image.tag == wish.tag) continue;
    patcher.put("kustomize", "images", place, cat(image.new_name, ":", wish.tag));
    edit.what.push_back(
        cat(name, ": ", image.tag.empty() ? "(not set)" : image.tag, " -> ", wish.tag));
  }
  edit.before = all.tag();
  return {};
}

std::string kustomize_lacks(const Wish& wish, const Json& source) {
  const auto& there = list_at(source, "kustomize", "images");
  for (const std::string& name : wish.kustomize_images) {
    const auto place = override_place(there, name);
    if (!place) return cat("the image ", name, " is not set any more");
    const auto image = override_of(*there[*place].string());
    if (image.tag != wish.tag) {
      return cat("the image ", name, " is at ", image.tag.empty() ? "no tag" : image.tag, " now");
    }
  }
  return {};
}

}  // namespace

Result<Edit> edit_of(const Wish& wish, const Application& app) {
  Edit edit;
  if (wish.carrier == Carrier::none || wish.carrier == Carrier::git) return edit;
  const auto place = place_of(wish.source, app.sources);
  if (!place) return forward(place.error());
  const Json& source = app.sources[*place];
  Patcher patcher(source, app.several ? cat("/spec/sources/", *place) : "/spec/source");
  auto edited = wish.carrier == Carrier::helm ? edit_helm(wish, source, patcher, edit)
                                              : edit_kustomize(wish, source, patcher, edit);
  if (!edited) return forward(edited.error());
  edit.patch = patcher.take();
  if (edit.before == wish.tag) edit.before.clear();  // only its form changes
  return edit;
}

Result<std::size_t> source_place(const Wish& wish, const Application& app) {
  return place_of(wish.source, app.sources);
}

std::string missing_in(const Wish& wish, const std::vector<Json>& sources) {
  if (wish.carrier == Carrier::none || wish.carrier == Carrier::git) return {};
  const auto place = place_of(wish.source, sources);
  if (!place) return place.error().message;
  const Json& source = sources[*place];
  return wish.carrier == Carrier::helm ? helm_lacks(wish, source) : kustomize_lacks(wish, source);
}

bool is_pinned(std::string_view image) {
  return image.find('@') != std::string_view::npos ||
         settings::without_tag(image).size() < image.size();
}

std::vector<std::string> expected_images(const Wish& wish, const std::vector<Json>& sources) {
  std::vector<std::string> images;
  if (wish.carrier != Carrier::kustomize) return images;
  const auto place = place_of(wish.source, sources);
  if (!place) return images;
  const auto& there = list_at(sources[*place], "kustomize", "images");
  for (const std::string& name : wish.kustomize_images) {
    const auto found = override_place(there, name);
    std::string image = found ? override_of(*there[*found].string()).new_name : name;
    if (const auto equals = image.find('='); equals != std::string::npos) {
      image.erase(0, equals + 1);
    }
    images.push_back(cat(image, ":", wish.tag));
  }
  return images;
}

}  // namespace stagegate::argocd
