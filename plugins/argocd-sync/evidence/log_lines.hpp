// The last lines of a container's log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stagegate::argocd {

struct LogLines {
  std::vector<std::string> lines = {};  // fit for people's eyes
  std::string error = {};               // why there are no more
};

// As Argo CD tells them, one JSON object a line: {"result":{"content":"...","last":false}}.
LogLines log_lines_of_api(std::string_view body);
// As Kubernetes tells them, as they are.
LogLines log_lines_of_text(std::string_view body);

}  // namespace stagegate::argocd
