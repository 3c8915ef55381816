#include "plugins/argocd-sync/git/settings.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd::git {

using text::cat;

namespace {

tl::unexpected<Failure> missing(std::string_view name, std::string_view what) {
  return usage(cat(name, ": is missing; the Git write-back needs ", what));
}

bool is_one_line(std::string_view text) {
  return text::harmless(text) == text;
}

// A path inside of a repository: no way out of it, and one spelling only.
Result<> check_file(std::string_view setting, const std::string& file) {
  const auto segments = text::split(file, '/');
  const bool fine =
      is_one_line(file) &&
      std::none_of(segments.begin(), segments.end(), [](std::string_view segment) {
        return segment.empty() || segment == "." || segment == ".." || segment == ".git";
      });
  if (fine) return {};
  return usage(cat(setting, ": ", text::quoted(file),
                   " is no path of a file from the top of the repository: apps/beta/values.yaml"));
}

Result<> check_repository(std::string_view repository) {
  const auto parts = text::split(repository, '/');
  const bool fine =
      parts.size() == 2 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
        return !part.empty() && part.front() != '.' &&
               part.find_first_not_of(
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                   "0123456789-_.") == std::string_view::npos;
      });
  if (fine) return {};
  return usage(cat("git_repo: ", text::quoted(repository), " is no OWNER/NAME"));
}

// As git itself takes them, roughly: the server has the last word.
Result<> check_branch(std::string_view branch) {
  const bool fine = is_one_line(branch) && branch.front() != '-' && branch.front() != '/' &&
                    branch.back() != '/' && branch.find("..") == std::string_view::npos &&
                    branch.find("//") == std::string_view::npos &&
                    branch.find_first_of(" ~^:?*[\\") == std::string_view::npos;
  if (fine) return {};
  return usage(cat("git_branch: ", text::quoted(branch), " is no name of a branch"));
}

Result<> check_author(const GitSettings& s) {
  if (s.git_author_name.empty() != s.git_author_email.empty()) {
    return usage("git_author_name and git_author_email: either both or none of them");
  }
  const auto fine = [](const std::string& text) {
    return is_one_line(text) && text.find_first_of("<>") == std::string::npos;
  };
  if (fine(s.git_author_name) && fine(s.git_author_email)) return {};
  return usage("git_author_name and git_author_email: one line each, without < and >");
}

}  // namespace

void declare_git_settings(settings::Table& table, GitSettings& s,
                          const std::vector<std::string>& verbs) {
  table.add(s.git_kind, {.name = "git_kind",
                         .help = "What the Git server is; a Forgejo is a gitea here.",
                         .fallback = "gitea",
                         .verbs = verbs,
                         .choices = {"gitea", "github"}});
  table.add(s.git_api, {.name = "git_api",
                        .help = "The Git server; for GitHub its API, https://api.github.com.",
                        .value = "URL",
                        .verbs = verbs});
  table.add(s.git_repo, {.name = "git_repo",
                         .help = "The repository with the files that hold the tag.",
                         .value = "OWNER/NAME",
                         .verbs = verbs});
  table.add(s.git_branch,
            {.name = "git_branch", .help = "Of it.", .fallback = "main", .verbs = verbs});
  table.add(s.git_file, {.name = "git_file",
                         .help = "The YAML file of every application that git_files does not name.",
                         .value = "FILE",
                         .verbs = verbs});
  table.add(s.git_files, {.name = "git_files",
                          .help = "The YAML file of an application.",
                          .value = "APP=FILE",
                          .verbs = verbs});
  table.add(s.git_key, {.name = "git_key",
                        .help = "Where the tag stands in the file: `image.tag`, "
                                "`images[name=query-api].newTag`; a dot of a key as `\\.`.",
                        .value = "KEY",
                        .fallback = "image.tag",
                        .verbs = verbs});
  table.add(s.git_token, {.name = "git_token",
                          .help = "A token that may read and write the repository.",
                          .verbs = verbs});
  table.add(s.git_author_name, {.name = "git_author_name",
                                .help = "Who the commits are by; by default the token's owner.",
                                .value = "NAME",
                                .verbs = verbs});
  table.add(
      s.git_author_email,
      {.name = "git_author_email", .help = "Of the author.", .value = "ADDRESS", .verbs = verbs});
  table.add(s.git_message, {.name = "git_message",
                            .help = "The commits' message, with {tag}, {old}, {app} and {file}; "
                                    "trailers with the run, the applications, the stage and who "
                                    "promotes come behind it.",
                            .value = "TEXT",
                            .fallback = kMessage,
                            .verbs = verbs});
  table.add(s.git_skip_ci, {.name = "git_skip_ci",
                            .help = "Write [CI SKIP] into the message, so that the commit starts "
                                    "no pipeline.",
                            .fallback = "false",
                            .verbs = verbs});
}

Result<Place> git_place(const GitSettings& s) {
  if (s.git_api.empty()) return missing("git_api", "the address of the Git server");
  if (s.git_repo.empty()) return missing("git_repo", "the repository: OWNER/NAME");
  if (s.git_token.empty()) return missing("git_token", "a token that may write to the repository");
  if (s.git_branch.empty()) return missing("git_branch", "a branch");
  if (auto fine = check_repository(s.git_repo); !fine) return forward(fine.error());
  if (auto fine = check_branch(s.git_branch); !fine) return forward(fine.error());
  auto token = settings::bearer_token("git_token", s.git_token);
  if (!token) return forward(token.error());
  return Place{s.git_kind, s.git_api, s.git_repo, s.git_branch, *std::move(token)};
}

Result<Plan> git_plan(const GitSettings& s, Author author) {
  Plan plan;
  plan.file = s.git_file;
  plan.files = s.git_files;
  if (plan.file.empty() && plan.files.empty()) {
    return missing("git_file", "the file that holds the tag");
  }
  if (!plan.file.empty()) {
    if (auto fine = check_file("git_file", plan.file); !fine) return forward(fine.error());
  }
  for (const auto& [app, file] : plan.files) {
    if (auto fine = check_file(cat("git_files: ", app), file); !fine) return forward(fine.error());
  }
  for (const std::string& written : s.git_key) {
    auto key = text::parse_yaml_path(written);
    if (!key) return usage(cat("git_key: ", key.error().message));
    plan.keys.push_back(*std::move(key));
  }
  if (plan.keys.empty()) return missing("git_key", "the key of the tag");
  plan.message = {s.git_message, s.git_skip_ci};
  if (auto fine = check_message(plan.message); !fine) return forward(fine.error());
  if (auto fine = check_author(s); !fine) return forward(fine.error());
  plan.author = std::move(author);
  plan.author_name = s.git_author_name;
  plan.author_email = s.git_author_email;
  return plan;
}

}  // namespace stagegate::argocd::git
