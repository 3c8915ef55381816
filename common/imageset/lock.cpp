#include "common/imageset/lock.hpp"

#include <algorithm>

#include "common/settings/image_tag.hpp"
#include "common/text/text.hpp"

namespace stagegate::imageset {

using text::cat;
using text::Json;

namespace {

constexpr std::int64_t kSchema = 1;

Result<Locked> parse_locked(const Json& json) {
  auto image = oci::parse_repository(json.text("image"), {});
  if (!image) return forward(image.error());
  auto digest = oci::parse_digest(json.text("digest"));
  if (!digest) return forward(digest.error());
  const Json* size = json.find("size");
  const auto bytes = size == nullptr ? std::nullopt : size->integer();
  return Locked{*std::move(image),
                {std::string(json.text("media_type")), *std::move(digest),
                 static_cast<std::uint64_t>(std::max<std::int64_t>(bytes.value_or(0), 0))}};
}

}  // namespace

std::vector<oci::Repository> Lock::repositories() const {
  std::vector<oci::Repository> all;
  for (const Locked& locked : images) all.push_back(locked.image);
  return all;
}

Json lock_json(const Lock& lock) {
  Json json;
  json.set("schema", kSchema).set("tag", lock.tag);
  if (!lock.revision.empty()) json.set("revision", lock.revision);
  json.set("locked_at", time::rfc3339(lock.locked_at));
  Json images{Json::Array{}};
  for (const Locked& locked : lock.images) {
    images.push(Json()
                    .set("image", locked.image.text())
                    .set("digest", locked.manifest.digest.text)
                    .set("media_type", locked.manifest.media_type)
                    .set("size", locked.manifest.size));
  }
  json.set("images", std::move(images));
  return json;
}

Result<Lock> parse_lock(std::string_view text) {
  const auto json = text::parse_json(text);
  if (!json) return usage(json.error().message);
  const Json* schema = json->find("schema");
  const Json* images = json->find("images");
  const Json::Array* list = images == nullptr ? nullptr : images->array();
  if (schema == nullptr || schema->integer() != kSchema || list == nullptr || list->empty()) {
    return usage("is no lock file of schema 1 with images in it");
  }
  Lock lock;
  lock.tag = json->text("tag");
  if (!settings::is_image_tag(lock.tag)) return usage("has no tag in it");
  lock.revision = json->text("revision");
  const auto at = time::parse_instant(json->text("locked_at"));
  if (!at) return usage(cat("locked_at: ", at.error().message));
  lock.locked_at = *at;
  for (const Json& one : *list) {
    auto locked = parse_locked(one);
    if (!locked) return forward(locked.error());
    const auto same = [&](const Locked& other) { return other.image == locked->image; };
    if (std::ranges::any_of(lock.images, same)) {
      return usage(cat(locked->image.text(), " is in it twice"));
    }
    lock.images.push_back(*std::move(locked));
  }
  return lock;
}

Result<> write_lock(const fs::Path& path, const Lock& lock) {
  return fs::replace_file(path, lock_json(lock).dump(2) + "\n");
}

Result<Lock> read_lock(const fs::Path& path) {
  const auto text = fs::read_file(path);
  if (!text) return forward(text.error());
  auto lock = parse_lock(*text);
  if (!lock) return usage(cat("lock_file ", path.string(), ": ", lock.error().message));
  return lock;
}

}  // namespace stagegate::imageset
