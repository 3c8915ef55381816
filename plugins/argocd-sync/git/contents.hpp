// What the contents APIs of Gitea and GitHub say. They are alike: Gitea's was made after GitHub's.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/http/client_request.hpp"
#include "common/result/result.hpp"
#include "plugins/argocd-sync/git/hosting.hpp"

namespace stagegate::argocd::git {

// The file of a 200. `asked`: "read a.yaml of stonks/deploy on main". Refused (unknown): what is no
// file, and a file that the API does not give the content of, because it is too large.
Result<File> file_of(const http::Response& response, const std::string& asked);
// A list of commits.
Result<std::vector<Commit>> commits_of(const http::Response& response, const std::string& asked);
// The commit that a write has made.
Result<std::string> written_commit(const http::Response& response, const std::string& asked);

// Why a request was not answered with a 2xx, and what to do about it.
Failure refusal_of(const http::Response& response, const std::string& asked, Kind kind);
// The same of a write.
NotWritten not_written(const http::Response& response, const std::string& asked, Kind kind);
NotWritten not_written(const Failure& failure);

// {"branch", "message", "author", ...} and either "sha" and "content" for one file, or "files".
std::string write_body(const Order& order, const std::string& branch);

// "a/b c.yaml" as a part of an address: slashes stay.
std::string encoded_path(std::string_view path);

}  // namespace stagegate::argocd::git
