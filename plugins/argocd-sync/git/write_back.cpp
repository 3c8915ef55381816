#include "plugins/argocd-sync/git/write_back.hpp"

#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml_edit.hpp"
#include "plugins/argocd-sync/git/writing.hpp"

namespace stagegate::argocd::git {

using text::cat;

namespace {

constexpr std::size_t kMostKnown = 256;

// nullopt: there is no such file at the revision, or no such revision.
Result<std::optional<bool>> look_at(Hosting& hosting, const std::string& file,
                                    const std::vector<text::YamlPath>& keys, std::string_view tag,
                                    const std::string& revision) {
  const auto read = hosting.read(file, revision);
  if (!read) return forward(read.error());
  if (!*read) return std::nullopt;
  for (const text::YamlPath& key : keys) {
    const auto found = text::find_yaml_scalar((*read)->bytes, {key});
    if (!found) {
      return fail(found.error().kind, cat(file, " at ", revision, ": ", found.error().message));
    }
    if (found->value != tag || !found->text) return false;
  }
  return true;
}

bool is_commit(std::string_view revision) {
  return (revision.size() == 40 || revision.size() == 64) &&
         revision.find_first_not_of(text::kLowerHex) == std::string_view::npos;
}

}  // namespace

Result<std::string> Plan::file_of(const std::string& app) const {
  const auto own = files.find(app);
  if (own != files.end()) return own->second;
  if (!file.empty()) return file;
  return usage(cat("git_files: names no file for the application ", text::quoted(app),
                   ", and there is no git_file for all"));
}

Result<bool> holds_tag(Hosting& hosting, const std::string& file,
                       const std::vector<text::YamlPath>& keys, std::string_view tag,
                       const std::string& revision) {
  const auto found = look_at(hosting, file, keys, tag, revision);
  if (!found) return forward(found.error());
  return found->value_or(false);
}

WriteBack::WriteBack(Plan plan, Hosting& hosting, time::Clock& clock)
    : plan_(std::move(plan)), hosting_(hosting), clock_(clock) {}

void WriteBack::set_deadline(std::optional<milliseconds> deadline) {
  deadline_ = deadline;
  hosting_.set_deadline(deadline);
}

Result<std::vector<Written>> WriteBack::set(const std::vector<std::string>& apps,
                                            const std::string& tag) {
  Writing writing(plan_, hosting_, clock_, deadline_, tag);
  if (auto done = writing.run(apps); !done) return forward(done.error());
  return writing.results(apps);
}

Result<bool> WriteBack::holds(const std::string& app, const std::string& tag,
                              const std::string& revision) {
  const auto file = plan_.file_of(app);
  if (!file) return forward(file.error());
  const std::vector<std::string> asked{*file, tag, revision};
  const auto known = known_.find(asked);
  if (known != known_.end()) return known->second;
  const auto found = look_at(hosting_, *file, plan_.keys, tag, revision);
  if (!found) return forward(found.error());
  // What is not there may come: a mirror can be late.
  if (*found && is_commit(revision)) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_[asked] = **found;
  }
  return found->value_or(false);
}

}  // namespace stagegate::argocd::git
