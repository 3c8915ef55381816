#include "common/kube/review.hpp"

#include "common/text/text.hpp"

namespace stagegate::kube {
namespace {

using text::cat;
using text::Json;

const Json* status_of(const Json& review) {
  return review.find("status");
}

bool is_true(const Json* status, std::string_view key) {
  const Json* value = status == nullptr ? nullptr : status->find(key);
  const bool* boolean = value == nullptr ? nullptr : value->boolean();
  return boolean != nullptr && *boolean;
}

Json groups_of(const User& user) {
  Json groups = Json::Array{};
  for (const std::string& group : user.groups) groups.push(group);
  return groups;
}

Json attributes_of(const Access& access) {
  return Json()
      .set("verb", access.verb)
      .set("group", access.group)
      .set("resource", access.resource)
      .set("namespace", access.name_space)
      .set("name", access.name);
}

Result<> reviewed(Api& api, std::string_view kind, Json spec, std::string_view who,
                  const Access& access) {
  const Json review = Json()
                          .set("apiVersion", "authorization.k8s.io/v1")
                          .set("kind", kind)
                          .set("spec", std::move(spec));
  const auto answer = api.create({"authorization.k8s.io", "v1", cat(text::lower(kind), "s")}, "",
                                 review, Twice::harmless);
  if (!answer) return forward(answer.error());
  const Json* status = status_of(*answer);
  // A denial beats an allowance, should an authoriser give both.
  if (is_true(status, "allowed") && !is_true(status, "denied")) return {};
  return fail(Failure::Kind::refused,
              cat(who, " may not ", access.verb, " ", access.resource, ".", access.group, " ",
                  access.name, " in ", access.name_space, " (a Role with this verb is needed)"));
}

}  // namespace

Result<User> review_token(Api& api, const std::string& token) {
  const Json review = Json()
                          .set("apiVersion", "authentication.k8s.io/v1")
                          .set("kind", "TokenReview")
                          .set("spec", Json().set("token", token));
  const auto answer =
      api.create({"authentication.k8s.io", "v1", "tokenreviews"}, "", review, Twice::harmless);
  if (!answer) return forward(answer.error());
  const Json* status = status_of(*answer);
  if (!is_true(status, "authenticated")) {
    return fail(Failure::Kind::refused,
                "Kubernetes does not know this token: it is wrong or has expired");
  }
  const Json* user = status->find("user");
  if (user == nullptr || user->text("username").empty()) {
    return unknown("Kubernetes knows the token but does not say whose it is");
  }
  User found{std::string(user->text("username")), {}, std::string(user->text("uid"))};
  if (const Json* extra = user->find("extra"); extra != nullptr) found.extra = *extra;
  const Json* groups = user->find("groups");
  if (groups != nullptr && groups->array() != nullptr) {
    for (const Json& group : *groups->array()) {
      if (group.string() != nullptr) found.groups.push_back(*group.string());
    }
  }
  return found;
}

Result<> review_access(Api& api, const User& user, const Access& access) {
  Json spec = Json()
                  .set("resourceAttributes", attributes_of(access))
                  .set("user", user.name)
                  .set("groups", groups_of(user));
  // All that is known of the user, because an authoriser may go by it: a token whose scopes are in
  // `extra` may do less than its owner.
  if (!user.uid.empty()) spec.set("uid", user.uid);
  if (user.extra.object() != nullptr) spec.set("extra", user.extra);
  return reviewed(api, "SubjectAccessReview", std::move(spec), user.name, access);
}

Result<> review_own_access(Api& api, const Access& access) {
  return reviewed(api, "SelfSubjectAccessReview",
                  Json().set("resourceAttributes", attributes_of(access)),
                  "the account of the token", access);
}

}  // namespace stagegate::kube
