// The settings of the Git write-back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/result/result.hpp"
#include "common/settings/secret.hpp"
#include "common/settings/table.hpp"
#include "plugins/argocd-sync/git/hosting.hpp"
#include "plugins/argocd-sync/git/message.hpp"
#include "plugins/argocd-sync/git/write_back.hpp"

namespace stagegate::argocd::git {

struct GitSettings {
  Kind git_kind = Kind::gitea;
  std::string git_api;
  std::string git_repo;
  std::string git_branch;
  std::string git_file;
  std::map<std::string, std::string> git_files;
  std::vector<std::string> git_key;
  settings::Secret git_token;
  std::string git_author_name;
  std::string git_author_email;
  std::string git_message;
  bool git_skip_ci = false;
};

void declare_git_settings(settings::Table& table, GitSettings& target,
                          const std::vector<std::string>& verbs);

// Refused (usage), naming the setting: what is missing or malformed.
Result<Place> git_place(const GitSettings& settings);
Result<Plan> git_plan(const GitSettings& settings, Author author);

}  // namespace stagegate::argocd::git
