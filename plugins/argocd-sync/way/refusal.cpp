#include "plugins/argocd-sync/way/refusal.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::argocd {
namespace {

using text::cat;
using Why = Refusal::Why;

constexpr std::size_t kLongest = 1'000;

// HTTP statuses say too little: a patch whose test failed is a 500.
struct Row {
  std::optional<std::int64_t> code;  // of gRPC; none: any
  std::string_view part;             // of the message
  Why why;
  bool passing;
  std::string_view advice;
};
constexpr std::array<Row, 13> kRows{{
    {9, "another operation is already in progress", Why::busy, true, ""},
    {9, "No operation is in progress", Why::idle, false, ""},
    {7, "blocked by sync window", Why::windowed, false, ""},
    {2, "error applying patch", Why::moved, true, ""},
    {13, "Too many conflicts", Why::moved, true, ""},
    {10, "", Why::moved, true, ""},
    {9, "auto-sync currently set to", Why::other, false,
     " (the Application syncs by itself: leave revisions away, or switch auto-sync off)"},
    {3, "InvalidSpecError", Why::other, false,
     " (is the Git server up, and does the project allow this source and destination?)"},
    {16, "", Why::other, false,
     " (the token is missing, wrong, expired or revoked; it has three parts with dots between "
     "them)"},
    {7, "permission denied", Why::other, false,
     " (without a right in the message: the Application does not exist, or project is not its "
     "project)"},
    {5, "", Why::other, false, " (is project its project, and app_namespace its namespace?)"},
    {14, "", Why::other, true, ""},
    {4, "", Why::other, true, ""},
}};

bool passes(int status) {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

const Row* row_of(std::optional<std::int64_t> code, std::string_view message) {
  for (const Row& row : kRows) {
    if (row.code && row.code != code) continue;
    if (message.find(row.part) != std::string_view::npos) return &row;
  }
  return nullptr;
}

std::string_view advice_for(int status) {
  switch (status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return " (server is asked for something else there: does it begin with https://, and is it "
             "the address of Argo CD itself?)";
    case 401:
      return " (the token is missing, wrong, expired or revoked)";
    case 404:
      return " (is server the address of Argo CD, with its path if it has one?)";
    default:
      return "";
  }
}

}  // namespace

Refusal refusal_of(const http::Response& response, const std::string& asked) {
  const auto body = text::parse_json(response.body);
  std::optional<std::int64_t> code;
  std::string message;
  if (body && body->find("code") != nullptr) code = body->find("code")->integer();
  if (body) message = body->text("message").empty() ? body->text("error") : body->text("message");
  const Row* row = code ? row_of(code, message) : nullptr;

  Refusal refusal;
  const bool passing = row == nullptr ? passes(response.status) : row->passing;
  if (row != nullptr) refusal.why = row->why;
  const std::string said =
      message.empty() ? std::string("without a reason") : message.substr(0, kLongest);
  refusal.failure = {Failure::Kind::unknown,
                     cat("Argo CD did not ", asked, ": ", response.status, " ", said,
                         row == nullptr ? advice_for(response.status) : row->advice),
                     passing};
  return refusal;
}

}  // namespace stagegate::argocd
