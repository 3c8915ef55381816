#include "plugins/gitea-mirror/wire/ref_name.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::mirror {
namespace {

bool is_component(std::string_view part) {
  constexpr std::string_view kLock = ".lock";
  if (part.empty() || part.front() == '.') return false;
  return part.size() < kLock.size() || part.substr(part.size() - kLock.size()) != kLock;
}

}  // namespace

std::string_view short_name(std::string_view name) {
  if (is_branch(name)) return name.substr(kHeads.size());
  return is_tag(name) ? name.substr(kTags.size()) : name;
}

bool is_ref_character(char c) {
  constexpr std::string_view kForbidden = " ~^:?*[\\\x7f";
  return static_cast<unsigned char>(c) >= 0x20 && kForbidden.find(c) == std::string_view::npos;
}

bool is_ref_name(std::string_view name) {
  if (name.size() > kLongestRefName || name.substr(0, 5) != "refs/") return false;
  if (name.back() == '.' || name.find("..") != std::string_view::npos) return false;
  if (name.find("@{") != std::string_view::npos) return false;
  if (!std::all_of(name.begin(), name.end(), is_ref_character)) return false;
  const auto parts = text::split(name, '/');
  return std::all_of(parts.begin(), parts.end(), is_component);
}

}  // namespace stagegate::mirror
