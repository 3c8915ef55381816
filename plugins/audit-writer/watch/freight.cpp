#include "plugins/audit-writer/watch/freight.hpp"

#include <algorithm>

#include "plugins/audit-writer/watch/reading.hpp"

namespace stagegate::audit_writer {
namespace {

using text::Json;

constexpr std::size_t kLongestTag = 128;
constexpr std::size_t kMostImages = 64;  // that a record takes
constexpr std::size_t kLongestImage = 255;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view most_frequent_tag(const Json::Array& images) {
  const auto count = [&](std::string_view tag) {
    return std::count_if(images.begin(), images.end(),
                         [&](const Json& image) { return image.text("tag") == tag; });
  };
  std::string_view best;
  for (const Json& image : images) {
    const auto tag = image.text("tag");
    if (!tag.empty() && (best.empty() || count(tag) > count(best))) best = tag;
  }
  return best;
}

std::string_view tag_in(const Json& contents, std::string_view image) {
  const auto& images = items_at(contents, {"images"});
  for (const Json& one : images) {
    if (!image.empty() && one.text("repoURL") == image) return one.text("tag");
  }
  if (const auto tag = most_frequent_tag(images); !tag.empty()) return tag;
  static constexpr std::pair<std::string_view, std::string_view> kElse[] = {
      {"commits", "id"}, {"charts", "version"}, {"artifacts", "version"}};
  for (const auto& [list, member] : kElse) {
    for (const Json& one : items_at(contents, {list})) {
      if (!one.text(member).empty()) return one.text(member);
    }
  }
  return {};
}

void read_images(const Json& contents, Freight& freight) {
  for (const Json& image : items_at(contents, {"images"})) {
    const auto name = image.text("repoURL");
    const auto digest = image.text("digest");
    if (name.empty() || name.size() > kLongestImage || freight.images.size() == kMostImages) {
      continue;
    }
    const bool known =
        digest.starts_with("sha256:") && digest.size() == 71 && is_commit(digest.substr(7));
    if (known) freight.images.push_back({std::string(name), std::string(digest)});
  }
}

}  // namespace

std::string as_tag(std::string_view version) {
  std::string tag(version.substr(0, kLongestTag));
  for (char& c : tag) {
    if (!is_word(c) && c != '.' && c != '-') c = '_';
  }
  if (!tag.empty() && !is_word(tag.front())) tag.front() = '_';
  return tag;
}

Freight read_freight(const Json& contents, std::string_view name, std::string_view image) {
  Freight freight;
  freight.name = name;
  freight.origin = text_at(contents, {"origin", "name"});
  const auto tag = tag_in(contents, image);
  freight.tag = as_tag(tag.empty() ? name : tag);
  read_images(contents, freight);
  const auto& commits = items_at(contents, {"commits"});
  if (commits.size() == 1 && is_commit(commits.front().text("id"))) {
    freight.commit = commits.front().text("id");
  }
  return freight;
}

Freight read_freight_object(const Json& object, std::string_view image) {
  Freight freight = read_freight(object, text_at(object, {"metadata", "name"}), image);
  for (const auto& [stage, verified] : members_at(object, {"status", "verifiedIn"})) {
    freight.verified_in[stage] = time_at(verified, {"verifiedAt"}).value_or(time::Instant{});
  }
  return freight;
}

}  // namespace stagegate::audit_writer
