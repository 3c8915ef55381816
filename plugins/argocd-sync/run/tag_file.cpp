#include "plugins/argocd-sync/run/tag_file.hpp"

#include <utility>

#include "common/text/text.hpp"
#include "plugins/argocd-sync/git/settings.hpp"

namespace stagegate::argocd {

using text::cat;

Result<> check_tag_file(const Options& options) {
  if (auto place = git::git_place(options.git); !place) return forward(place.error());
  const auto plan = git::git_plan(options.git, {});
  if (!plan) return forward(plan.error());
  for (const std::string& app : options.apps) {
    if (auto file = plan->file_of(app); !file) return forward(file.error());
  }
  return {};
}

Result<std::unique_ptr<TagFile>> TagFile::open(const Tools& tools, std::string app) {
  const Options& options = tools.options;
  auto place = git::git_place(options.git);
  if (!place) return forward(place.error());
  auto plan = git::git_plan(options.git, {tools.run, options.stage, options.actor});
  if (!plan) return forward(plan.error());
  const git::Access access{options.access.ca_file, options.access.insecure,
                           options.access.plain_http, options.access.proxy};
  auto hosting = git::open_hosting(*std::move(place), access, tools.clock, tools.interrupt_fd);
  if (!hosting) return forward(hosting.error());
  return std::make_unique<TagFile>(*std::move(hosting), *plan, tools, std::move(app));
}

TagFile::TagFile(std::unique_ptr<git::Hosting> hosting, const git::Plan& plan, const Tools& tools,
                 std::string app)
    : hosting_(std::move(hosting)),
      write_back_(plan, *hosting_, tools.clock),
      app_(std::move(app)),
      file_(plan.file_of(app_).value_or("")) {
  write_back_.set_deadline(tools.deadline);
}

Result<git::Written> TagFile::set(const std::string& tag) {
  auto written = write_back_.set({app_}, tag);
  if (!written) return forward(written.error());
  return std::move(written->front());
}

Result<bool> TagFile::holds(const std::string& tag, const std::string& revision) {
  return write_back_.holds(app_, tag, revision);
}

std::string TagFile::replaced(const std::string& tag) {
  const auto commits = hosting_->last_commits(file_);
  if (!commits || commits->empty()) return {};
  const git::Commit& last = commits->front();
  const auto there = write_back_.holds(app_, tag, last.sha);
  if (!there || *there) return {};
  const std::string_view message = text::trim(last.message);
  return cat(file_, " has another tag by now: commit ", last.sha.substr(0, 12), ' ',
             text::quoted(message.substr(0, message.find('\n'))), " of ",
             text::quoted(last.author));
}

}  // namespace stagegate::argocd
