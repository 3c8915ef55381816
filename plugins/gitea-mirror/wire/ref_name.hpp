// Which names a ref may have.
#pragma once

#include <cstddef>
#include <string_view>

namespace stagegate::mirror {

// Longer than what a file system takes below .git, so longer than any real one.
inline constexpr std::size_t kLongestRefName = 4'096;

inline constexpr std::string_view kHeads = "refs/heads/";
inline constexpr std::string_view kTags = "refs/tags/";

inline bool is_branch(std::string_view name) {
  return name.substr(0, kHeads.size()) == kHeads;
}
inline bool is_tag(std::string_view name) {
  return name.substr(0, kTags.size()) == kTags;
}
// Branches and tags: nothing else is ever mirrored, so nothing else is kept in memory.
inline bool is_branch_or_tag(std::string_view name) {
  return is_branch(name) || is_tag(name);
}
// "main" of "refs/heads/main"; what is neither branch nor tag stays whole.
std::string_view short_name(std::string_view name);

// The rules of `git check-ref-format`, for a name that begins with refs/. What breaks them cannot
// come from a git repository, and could forge a line of the protocol.
bool is_ref_name(std::string_view name);
// A character that may stand in a ref's name.
bool is_ref_character(char c);

}  // namespace stagegate::mirror
