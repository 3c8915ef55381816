// The message of a write-back's commit. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/result/result.hpp"

namespace stagegate::argocd::git {

struct MessageForm {
  // With {tag}, {old}, {app} and {file} in it; empty: kMessage.
  std::string text;
  bool skip_ci = false;  // "[CI SKIP]": the write-back starts no pipeline
};
inline constexpr const char* kMessage = "Deploy {tag} to {app}";

// Who writes: the trailers of the message. Empty ones are left out.
struct Author {
  std::string run;
  std::string stage;
  std::string promoted_by;
};

struct Deed {
  std::string tag;
  std::vector<std::string> old_tags;
  std::vector<std::string> apps;
  std::vector<std::string> files;
};

// Refused (usage): an empty first line, {words} that stand for nothing.
Result<> check_message(const MessageForm& form);

// Nothing that comes from outside can add a line to it.
std::string commit_message(const MessageForm& form, const Author& author, const Deed& deed);

}  // namespace stagegate::argocd::git
