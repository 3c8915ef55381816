// Who a caller is, and what somebody may do, as the Kubernetes API says it.
#pragma once

#include <string>
#include <vector>

#include "common/kube/api.hpp"
#include "common/result/result.hpp"

namespace stagegate::kube {

struct User {
  std::string name;
  std::vector<std::string> groups;
  std::string uid = {};
  text::Json extra = {};  // what else the authenticator knows, such as the scopes of the token
};

// TokenReview. Refused when the token is nobody's; unknown when the API does not say.
Result<User> review_token(Api& api, const std::string& token);

struct Access {
  std::string verb;
  std::string group;     // "kargo.akuity.io"
  std::string resource;  // "stages"
  std::string name_space;
  std::string name;
};

// SubjectAccessReview. Refused, with what is missing, when the user may not.
Result<> review_access(Api& api, const User& user, const Access& access);
// SelfSubjectAccessReview, which everybody may ask for: the same of whoever asks.
Result<> review_own_access(Api& api, const Access& access);

}  // namespace stagegate::kube
