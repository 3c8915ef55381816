// The tag of one Application in its file in Git, for one deployment.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "plugins/argocd-sync/git/write_back.hpp"
#include "plugins/argocd-sync/run/tools.hpp"

namespace stagegate::argocd {

// Says (usage) what is missing or malformed in the settings.
Result<> check_tag_file(const Options& options);

class TagFile {
 public:
  // Belongs to one thread.
  static Result<std::unique_ptr<TagFile>> open(const Tools& tools, std::string app);
  TagFile(std::unique_ptr<git::Hosting> hosting, const git::Plan& plan, const Tools& tools,
          std::string app);

  Result<git::Written> set(const std::string& tag);
  Result<bool> holds(const std::string& tag, const std::string& revision);
  // Who has set another tag on the branch after that one; empty: nobody, as far as is known.
  std::string replaced(const std::string& tag);

 private:
  std::unique_ptr<git::Hosting> hosting_;
  git::WriteBack write_back_;
  std::string app_;
  std::string file_;
};

}  // namespace stagegate::argocd
