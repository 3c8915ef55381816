#include "plugins/audit-writer/query/diff.hpp"

#include <map>
#include <utility>

namespace stagegate::audit_writer {
namespace {

using Sides = std::pair<std::string, std::string>;

std::string member(const StageState& state, std::string_view key) {
  return state.promotion ? std::string(state.promotion->text(key)) : std::string();
}

std::map<std::string, std::string> digests(const StageState& state) {
  std::map<std::string, std::string> out;
  const auto* images = state.promotion ? state.promotion->json.find("images") : nullptr;
  if (images == nullptr || images->array() == nullptr) return out;
  for (const auto& image : *images->array()) out.emplace(image.text("name"), image.text("digest"));
  return out;
}

void add(std::vector<Difference>& differences, const std::string& what, Sides sides) {
  if (sides.first == sides.second) return;
  differences.push_back({what, std::move(sides.first), std::move(sides.second)});
}

}  // namespace

std::vector<Difference> diff_stages(const StageState& left, const StageState& right) {
  std::vector<Difference> differences;
  for (const char* key : {"image_tag", "commit"}) {
    add(differences, key, {member(left, key), member(right, key)});
  }
  std::map<std::string, Sides> images;
  for (const auto& [name, digest] : digests(left)) images[name].first = digest;
  for (const auto& [name, digest] : digests(right)) images[name].second = digest;
  for (auto& [name, sides] : images) add(differences, name, std::move(sides));
  return differences;
}

std::vector<Difference> diff_moments(const std::vector<StageState>& left,
                                     const std::vector<StageState>& right) {
  std::map<std::string, Sides> tags;
  for (const auto& state : left) tags[state.name].first = member(state, "image_tag");
  for (const auto& state : right) tags[state.name].second = member(state, "image_tag");
  std::vector<Difference> differences;
  for (auto& [name, sides] : tags) add(differences, name, std::move(sides));
  return differences;
}

}  // namespace stagegate::audit_writer
