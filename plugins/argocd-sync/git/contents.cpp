#include "plugins/argocd-sync/git/contents.hpp"

#include <algorithm>

#include "common/crypto/encoding.hpp"
#include "common/text/json.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd::git {

using text::cat;
using text::Json;

namespace {

constexpr std::size_t kShown = 200;  // of what a server says

std::string said_in(const http::Response& response) {
  // Proxies in between answer in HTML: their words are no help.
  const auto body = text::parse_json(response.body);
  const std::string_view message = body ? body->text("message") : std::string_view();
  return message.empty() ? std::string() : cat(' ', text::quoted(message, kShown));
}

bool is_rate_limit(const http::Response& response) {
  return response.status == 429 ||
         (response.status == 403 && (response.retry_after.has_value() ||
                                     response.headers.text("X-RateLimit-Remaining") == "0"));
}

std::string_view advice(const http::Response& response, Kind kind) {
  if (is_rate_limit(response)) return ": too many requests of this token";
  switch (response.status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return ": it has moved; set git_api to the address that answers (https?), and git_repo to "
             "the "
             "repository's present name";
    case 401:
      return ": git_token is wrong, has expired or was revoked";
    case 403:
      return ": the branch is protected, a hook refuses, the repository is archived, or git_token "
             "has no right to write to it";
    case 404:
      return kind == Kind::github
                 ? ": it is not there, or git_token has no right to it (for GitHub "
                   "both are the same)"
                 : ": it is not there, or git_token has no right to see it";
    case 405:
      return ": this server is too old to write several files at once (Gitea does from 1.20 on)";
    case 413:
      return ": the file is too large for this server";
    case 423:
      return ": the repository is archived";
    default:
      return "";
  }
}

bool passes(const http::Response& response) {
  return is_rate_limit(response) || response.status >= 500 || response.status == 408;
}

Result<Json> json_of(const http::Response& response, const std::string& asked) {
  auto json = text::parse_json(response.body);
  if (json) return json;
  return unknown(cat("could not ", asked, ": the answer is no JSON (is git_api the address of the ",
                     "Git server's API?)"));
}

std::string hash_in(const Json& json, std::string_view key) {
  const std::string_view hash = json.text(key);
  const bool fine = (hash.size() == 40 || hash.size() == 64) &&
                    hash.find_first_not_of(text::kLowerHex) == std::string_view::npos;
  return fine ? std::string(hash) : std::string();
}

}  // namespace

Result<File> file_of(const http::Response& response, const std::string& asked) {
  const auto json = json_of(response, asked);
  if (!json) return forward(json.error());
  const std::string_view type = json->array() != nullptr ? "dir" : json->text("type");
  if (type != "file") {
    return unknown(cat("could not ", asked, ": it is no file but ",
                       type == "dir"       ? "a directory"
                       : type == "symlink" ? "a symbolic link; name the file that it points to"
                                           : text::quoted(type)));
  }
  File file;
  file.blob = hash_in(*json, "sha");
  const Json* size = json->find("size");
  const auto length = size == nullptr ? std::nullopt : size->integer();
  if (file.blob.empty() || !length) {
    return unknown(cat("could not ", asked, ": the answer has no sha or no size"));
  }
  std::string content(json->text("content"));
  if (content.empty() && *length > 0) {
    return unknown(cat("could not ", asked, ": the API gives no content of a file of ", *length,
                       " bytes (GitHub: above 1 MB); keep the tag in a smaller one"));
  }
  // GitHub breaks the lines.
  content.erase(std::remove(content.begin(), content.end(), '\n'), content.end());
  auto bytes = crypto::parse_base64(content);
  if (!bytes || static_cast<std::int64_t>(bytes->size()) != *length) {
    return unknown(cat("could not ", asked, ": the content is cut or no base64"));
  }
  file.bytes = *std::move(bytes);
  return file;
}

Result<std::vector<Commit>> commits_of(const http::Response& response, const std::string& asked) {
  const auto json = json_of(response, asked);
  if (!json) return forward(json.error());
  if (json->array() == nullptr) {
    return unknown(cat("could not ", asked, ": the answer is no list of commits"));
  }
  std::vector<Commit> commits;
  for (const Json& one : *json->array()) {
    Commit commit;
    commit.sha = hash_in(one, "sha");
    if (commit.sha.empty()) return unknown(cat("could not ", asked, ": a commit without a sha"));
    if (const Json* inner = one.find("commit")) {
      commit.message = inner->text("message");
      if (const Json* author = inner->find("author")) commit.author = author->text("name");
    }
    commits.push_back(std::move(commit));
  }
  return commits;
}

Result<std::string> written_commit(const http::Response& response, const std::string& asked) {
  const auto json = json_of(response, asked);
  if (!json) return forward(json.error());
  const Json* commit = json->find("commit");
  std::string sha = commit == nullptr ? std::string() : hash_in(*commit, "sha");
  if (sha.empty()) return unknown(cat("could not ", asked, ": the answer names no commit"));
  return sha;
}

Failure refusal_of(const http::Response& response, const std::string& asked, Kind kind) {
  return {Failure::Kind::unknown,
          cat("could not ", asked, ": the Git server answered ", response.status, said_in(response),
              advice(response, kind)),
          passes(response)};
}

NotWritten not_written(const http::Response& response, const std::string& asked, Kind kind) {
  using Why = NotWritten::Why;
  NotWritten result{Why::refused, refusal_of(response, asked, kind), response.retry_after};
  if (is_rate_limit(response)) {
    result.why = Why::busy;
  } else if (response.status == 409 || response.status == 422) {
    result.why = Why::moved;
  } else if (response.status == 404) {
    result.why = Why::absent;
  } else if (passes(response)) {
    // Gitea answers 500 also when somebody else pushed to the branch at the same moment.
    result.why = Why::uncertain;
  }
  return result;
}

NotWritten not_written(const Failure& failure) {
  const bool never_sent = failure.kind == Failure::Kind::usage;
  return {never_sent ? NotWritten::Why::refused : NotWritten::Why::uncertain, failure};
}

std::string write_body(const Order& order, const std::string& branch) {
  Json body;
  body.set("branch", branch).set("message", order.message);
  if (!order.author_name.empty()) {
    const Json who = Json().set("name", order.author_name).set("email", order.author_email);
    body.set("author", who).set("committer", who);
  }
  if (order.changes.size() == 1) {
    const Change& change = order.changes.front();
    return body.set("sha", change.blob).set("content", crypto::base64(change.bytes)).dump();
  }
  Json files{Json::Array{}};
  for (const Change& change : order.changes) {
    files.push(Json()
                   .set("operation", "update")
                   .set("path", change.path)
                   .set("sha", change.blob)
                   .set("content", crypto::base64(change.bytes)));
  }
  return body.set("files", std::move(files)).dump();
}

std::string encoded_path(std::string_view path) {
  std::string out;
  for (const std::string_view segment : text::split(path, '/')) {
    if (!out.empty()) out += '/';
    out += text::percent_encode(segment);
  }
  return out;
}

}  // namespace stagegate::argocd::git
