#include "plugins/registry-tag-watch/news/state.hpp"

#include <algorithm>

#include "common/crypto/encoding.hpp"
#include "common/settings/image_tag.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::tag_watch {

using text::cat;
using text::Json;

namespace {

constexpr std::int64_t kSchema = 1;
constexpr std::size_t kKeyBytes = sizeof(std::uint64_t);
constexpr std::size_t kLongestState = 32u << 20;

std::string packed(const std::vector<std::uint64_t>& keys) {
  std::string bytes;
  bytes.reserve(keys.size() * kKeyBytes);
  for (const std::uint64_t key : keys) {
    for (std::size_t i = 0; i < kKeyBytes; ++i) {
      bytes += static_cast<char>(key >> (8 * (kKeyBytes - 1 - i)) & 0xff);
    }
  }
  return bytes;
}

Result<std::vector<std::uint64_t>> unpacked(std::string_view text) {
  const auto bytes = crypto::parse_base64(text);
  if (!bytes || bytes->size() % kKeyBytes != 0) return usage("its keys are damaged");
  std::vector<std::uint64_t> keys;
  keys.reserve(bytes->size() / kKeyBytes);
  for (std::size_t at = 0; at < bytes->size(); at += kKeyBytes) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < kKeyBytes; ++i) {
      key = key << 8 | static_cast<unsigned char>((*bytes)[at + i]);
    }
    if (!keys.empty() && keys.back() >= key) return usage("its keys are not in order");
    keys.push_back(key);
  }
  return keys;
}

Result<std::vector<std::string>> parse_images(const Json* json) {
  const Json::Array* list = json == nullptr ? nullptr : json->array();
  if (list == nullptr || list->empty()) return usage("it has no images");
  std::vector<std::string> images;
  for (const Json& one : *list) {
    if (one.string() == nullptr) return usage("it has no images");
    images.push_back(*one.string());
  }
  std::ranges::sort(images);
  return images;
}

Result<std::vector<Candidate>> parse_pending(const Json* json) {
  const Json::Array* list = json == nullptr ? nullptr : json->array();
  if (list == nullptr) return usage("it has no list of pending tags");
  std::vector<Candidate> pending;
  for (const Json& one : *list) {
    const std::string_view tag = one.text("tag");
    const auto first_seen = time::parse_instant(one.text("first_seen"));
    if (!settings::is_image_tag(tag) || !first_seen) return usage("a pending tag is damaged");
    pending.push_back({std::string(tag), *first_seen});
  }
  return pending;
}

MovingTag parse_moving(const Json* json) {
  if (json == nullptr) return {};
  const Json* skipped = json->find("lists_skipped");
  const auto lists = skipped == nullptr ? std::nullopt : skipped->integer();
  MovingTag moving{std::string(json->text("tag")), std::string(json->text("digest"))};
  moving.lists_skipped = static_cast<int>(std::clamp<std::int64_t>(lists.value_or(0), 0, 1'000));
  return moving;
}

Json moving_json(const MovingTag& moving) {
  return Json()
      .set("tag", moving.tag)
      .set("digest", moving.digest)
      .set("lists_skipped", moving.lists_skipped);
}

std::string what_to_do(const fs::Path& path) {
  return cat("state_file ", path.string(),
             ": take another file, or remove this one to begin anew (the tags of that moment are "
             "then known, and are not told): ");
}

}  // namespace

State empty_state(std::span<const oci::Repository> images, std::size_t anchor) {
  State state{images[anchor].text(), {}};
  for (const oci::Repository& image : images) state.images.push_back(image.text());
  std::ranges::sort(state.images);
  return state;
}

std::string state_text(const State& state) {
  Json images{Json::Array{}};
  for (const std::string& image : state.images) images.push(image);
  Json pending{Json::Array{}};
  for (const Candidate& one : state.pending) {
    pending.push(Json().set("tag", one.tag).set("first_seen", time::rfc3339(one.first_seen)));
  }
  Json json;
  json.set("schema", kSchema).set("anchor", state.anchor).set("images", std::move(images));
  if (!state.moving.tag.empty()) json.set("moving_tag", moving_json(state.moving));
  json.set("pending", std::move(pending)).set("keys", crypto::base64(packed(state.keys)));
  return json.dump(1) + "\n";
}

Result<State> parse_state(std::string_view text) {
  const auto json = text::parse_json(text, {.bytes = kLongestState});
  if (!json) return usage(json.error().message);
  const Json* schema = json->find("schema");
  if (schema == nullptr || schema->integer() != kSchema) return usage("it is no state of schema 1");
  auto images = parse_images(json->find("images"));
  if (!images) return forward(images.error());
  auto pending = parse_pending(json->find("pending"));
  if (!pending) return forward(pending.error());
  auto keys = unpacked(json->text("keys"));
  if (!keys) return forward(keys.error());
  return State{std::string(json->text("anchor")), *std::move(images),
               parse_moving(json->find("moving_tag")), *std::move(keys), *std::move(pending)};
}

Result<std::optional<State>> read_state(const fs::Path& path, const State& expected) {
  const auto text = fs::read_if_there(path, kLongestState);
  if (!text) return forward(text.error());
  if (!*text) return std::nullopt;
  auto state = parse_state(**text);
  if (!state) return usage(cat(what_to_do(path), state.error().message));
  if (state->anchor != expected.anchor) {
    return usage(cat(what_to_do(path), "it is of the anchor ", text::quoted(state->anchor),
                     " and not of ", expected.anchor));
  }
  if (state->images != expected.images) {
    return usage(cat(what_to_do(path),
                     "it is of other images: ", text::join(state->images, ", ").substr(0, 300)));
  }
  return *std::move(state);
}

Result<> write_state(const fs::Path& path, const State& state) {
  return fs::replace_file(path, state_text(state));
}

}  // namespace stagegate::tag_watch
