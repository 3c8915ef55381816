#include "plugins/market-hours-check/serve/release_request.hpp"

#include <utility>

#include "common/http/target.hpp"
#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace stagegate::market_hours {
namespace {

using text::cat;

constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestNote = 16'000;  // what a record holds, less a little
constexpr std::size_t kLongestToken = std::size_t{16} << 10;
constexpr text::JsonLimits kLimits{.bytes = std::size_t{64} << 10, .depth = 4, .values = 100};

struct Member {
  std::string_view name;
  std::string* target;
  std::size_t longest;
};

std::vector<Member> members_of(ReleaseRequest& request) {
  return {{"project", &request.project, kLongestName},
          {"stage", &request.stage, kLongestName},
          {"promotion", &request.promotion, kLongestName},
          {"image_tag", &request.image_tag, 128},
          {"justification", &request.note, kLongestNote},
          {"note", &request.note, kLongestNote},
          {"incident_ref", &request.incident_ref, 512},
          {"decision", &request.decision, 16},
          {"expires", &request.expires, 32},
          {"request_id", &request.request_id, 64}};
}

std::vector<Member> form_members_of(ReleaseRequest& request, std::string& confirm) {
  auto members = members_of(request);
  members.push_back({"token", &request.token, kLongestToken});
  members.push_back({"form_token", &request.form_token, 64});
  members.push_back({"confirm", &confirm, 16});
  return members;
}

Result<> take(const std::vector<Member>& members, std::string_view name, std::string value) {
  for (const Member& member : members) {
    if (member.name != name) continue;
    if (value.size() > member.longest) {
      return usage(cat(name, " is longer than ", member.longest, " bytes"));
    }
    *member.target = std::move(value);
    return {};
  }
  // A member that means nothing here may be a misspelt one that was meant to restrict.
  return usage(cat("there is no member ", text::quoted(name)));
}

Result<ReleaseRequest> from_json(const std::string& body) {
  const auto json = text::parse_json(body, kLimits);
  if (!json) return usage(cat("the body is no valid JSON: ", json.error().message));
  const auto* object = json->object();
  if (object == nullptr) return usage("the body must be a JSON object");
  ReleaseRequest request;
  const auto members = members_of(request);
  for (const auto& [name, value] : *object) {
    if (value.is_null()) continue;
    if (value.string() == nullptr) return usage(cat(name, " must be a string"));
    if (auto taken = take(members, name, *value.string()); !taken) return forward(taken.error());
  }
  return request;
}

// Browsers end the lines of a text with CR LF.
std::string with_plain_line_ends(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) out += text[i];
  }
  return out;
}

Result<ReleaseRequest> from_form(const std::string& body) {
  auto fields = http::parse_query(body);
  if (!fields) return usage(cat("the form cannot be read: ", fields.error().message));
  ReleaseRequest request;
  request.from_form = true;
  std::string confirm;
  const auto members = form_members_of(request, confirm);
  for (auto& [name, value] : *fields) {
    if (auto taken = take(members, name, with_plain_line_ends(std::move(value))); !taken) {
      return forward(taken.error());
    }
  }
  // Names are copied from elsewhere, and blanks come along: a grant for " live.01" is for nothing.
  for (auto* name : {&request.project, &request.stage, &request.promotion, &request.image_tag,
                     &request.incident_ref}) {
    *name = text::trim(*name);
  }
  request.confirmed = confirm == "yes";
  return request;
}

}  // namespace

Result<ReleaseRequest> parse_release(const http::ServerRequest& request) {
  const std::string* type = request.header("content-type");
  const std::string media =
      type == nullptr ? "" : text::lower(text::trim(text::split(*type, ';').front()));
  if (media == "application/json") return from_json(request.body);
  if (media == "application/x-www-form-urlencoded") return from_form(request.body);
  return usage("Content-Type must be application/json");
}

}  // namespace stagegate::market_hours
