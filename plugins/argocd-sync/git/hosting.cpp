#include "plugins/argocd-sync/git/hosting.hpp"

#include <utility>

#include "common/http/client.hpp"
#include "common/http/url.hpp"
#include "common/log/log.hpp"
#include "common/text/text.hpp"
#include "plugins/argocd-sync/git/contents.hpp"

namespace stagegate::argocd::git {

using text::cat;

namespace {

constexpr std::string_view kGiteaApi = "/api/v1";
constexpr std::size_t kMostBody = 16u << 20;  // base64 of a large file, and its description

http::ClientOptions client_options(const Access& access) {
  http::ClientOptions options;
  options.trust.ca_file = access.ca_file;
  options.insecure = access.insecure;
  options.proxy = access.proxy;
  return options;
}

class ContentsApi : public Hosting {
 public:
  ContentsApi(Place place, const Access& access, const time::Clock& clock, int interrupt_fd)
      : place_(std::move(place)), client_(client_options(access), clock, interrupt_fd) {}

  std::string name() const override { return cat(place_.repository, " on ", place_.branch); }
  void set_deadline(std::optional<milliseconds> deadline) override { deadline_ = deadline; }

  Result<std::optional<File>> read(std::string_view path, std::string_view ref) override {
    const std::string asked = ref.empty()
                                  ? of_file("read", path)
                                  : cat("read ", path, " of ", place_.repository, " at ", ref);
    const auto response = get(cat("/contents/", encoded_path(path)),
                              {{"ref", std::string(ref.empty() ? place_.branch : ref)}});
    if (!response) return forward(response.error());
    if (response->status == 404) return std::nullopt;
    if (!response->ok()) return forward(refusal_of(*response, asked, place_.kind));
    auto file = file_of(*response, asked);
    if (!file) return forward(file.error());
    return std::optional<File>(*std::move(file));
  }

  Failure why_absent(std::string_view path) override {
    const auto not_there = [this](const std::string& below) -> Result<bool> {
      const auto response = get(below, {});
      if (!response) return forward(response.error());
      if (response->status == 404) return true;
      if (response->ok()) return false;
      return forward(refusal_of(*response, cat("look at ", name()), place_.kind));
    };
    const auto no_repository = not_there("");
    if (!no_repository) return no_repository.error();
    if (*no_repository) {
      return {Failure::Kind::unknown,
              cat("there is no repository ", place_.repository,
                  ", or git_token may not see it: check git_repo and the token")};
    }
    const auto no_branch = not_there(cat("/branches/", encoded_path(place_.branch)));
    if (!no_branch) return no_branch.error();
    if (*no_branch) {
      return {Failure::Kind::unknown, cat("the repository ", place_.repository, " has no branch ",
                                          place_.branch, ": check git_branch")};
    }
    return {Failure::Kind::unknown,
            cat("there is no file ", path, " in ", name(), ": check git_file and git_files")};
  }

  Result<std::vector<Commit>> last_commits(std::string_view path) override {
    const std::string asked = of_file("read the commits of", path);
    const bool github = place_.kind == Kind::github;
    Parameters parameters{
        {"sha", place_.branch}, {"path", std::string(path)}, {github ? "per_page" : "limit", "10"}};
    // Gitea would look at every file of the commit otherwise.
    if (!github) parameters.insert(parameters.end(), {{"stat", "false"}, {"files", "false"}});
    const auto response = get("/commits", parameters);
    if (!response) return forward(response.error());
    if (!response->ok()) return forward(refusal_of(*response, asked, place_.kind));
    return commits_of(*response, asked);
  }

  bool writes_together() const override { return place_.kind == Kind::gitea; }

  tl::expected<std::string, NotWritten> write(const Order& order) override {
    const bool one = order.changes.size() == 1;
    const std::string& path = order.changes.front().path;
    http::Request request;
    // Gitea takes several since 1.20 only.
    request.method = one ? http::Method::put : http::Method::post;
    request.headers.set("Content-Type", "application/json");
    request.body = write_body(order, place_.branch);
    // Whoever asks decides what a lost answer means; the client must not send it again.
    request.repeatable = false;
    const std::string asked =
        one ? of_file("write", path) : cat("write ", order.changes.size(), " files of ", name());
    const auto response =
        send(std::move(request), one ? cat("/contents/", encoded_path(path)) : "/contents", {});
    if (!response) return tl::make_unexpected(not_written(response.error()));
    if (!response->ok()) return tl::make_unexpected(not_written(*response, asked, place_.kind));
    auto commit = written_commit(*response, asked);
    if (commit) return *std::move(commit);
    return tl::make_unexpected(NotWritten{NotWritten::Why::uncertain, commit.error()});
  }

 private:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  std::string of_file(std::string_view verb, std::string_view path) const {
    return cat(verb, ' ', path, " of ", name());
  }

  Result<http::Response> get(const std::string& below, const Parameters& parameters) {
    return send({}, below, parameters);
  }

  Result<http::Response> send(http::Request request, const std::string& below,
                              const Parameters& parameters) {
    request.url = cat(place_.api, "/repos/", encoded_path(place_.repository), below);
    if (!parameters.empty()) request.url += cat('?', http::join_query(parameters));
    if (place_.kind == Kind::github) {
      request.headers.set("Accept", "application/vnd.github+json");
      request.headers.set("X-GitHub-Api-Version", "2022-11-28");
      request.headers.set("Authorization", cat("Bearer ", place_.token));
    } else {
      request.headers.set("Accept", "application/json");
      request.headers.set("Authorization", cat("token ", place_.token));
    }
    request.most_redirects = 0;
    request.most_body = kMostBody;
    request.deadline = deadline_;
    return client_.send(request);
  }

  Place place_;
  http::Client client_;
  std::optional<milliseconds> deadline_;
};

}  // namespace

Result<std::unique_ptr<Hosting>> open_hosting(Place place, const Access& access,
                                              const time::Clock& clock, int interrupt_fd) {
  const auto url = http::parse_url(place.api);
  if (!url) return usage(cat("git_api: ", url.error().message));
  if (!url->query.empty()) return usage("git_api: an address without a query (?...)");
  if (url->scheme != "https" && !access.plain_http && !http::this_machine(url->host)) {
    return usage(cat("git_api: ", text::quoted(place.api),
                     ": a token is not sent without TLS: write https://..., or set plain_http"));
  }
  while (place.api.ends_with('/')) place.api.pop_back();
  if (place.kind == Kind::gitea && !place.api.ends_with(kGiteaApi)) place.api += kGiteaApi;
  return std::make_unique<ContentsApi>(std::move(place), access, clock, interrupt_fd);
}

}  // namespace stagegate::argocd::git
