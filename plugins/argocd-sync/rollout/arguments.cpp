#include "plugins/argocd-sync/rollout/arguments.hpp"

#include "common/text/text.hpp"
#include "plugins/argocd-sync/app/members.hpp"

namespace stagegate::argocd {

using text::Json;

namespace {

constexpr std::size_t kMostArguments = 100;
constexpr std::size_t kLongest = 200;
constexpr std::string_view kPrefix = "args.";

}  // namespace

void add_arguments(Arguments& arguments, const Json& list) {
  for (const Json& one : array_of(list)) {
    const std::string_view name = one.text("name");
    const Json* value = one.find("value");
    if (name.empty() || value == nullptr || value->string() == nullptr) continue;
    if (arguments.size() == kMostArguments) return;
    arguments.emplace(name, *value->string());
  }
}

// A length of time or a number is one place and nothing else; longer texts are not asked for.
Json with_arguments(const Json& value, const Arguments& arguments) {
  const std::string* written = value.string();
  if (written == nullptr || written->size() > kLongest) return value;
  std::string_view inner = text::trim(*written);
  if (!inner.starts_with("{{") || !inner.ends_with("}}")) return value;
  inner = text::trim(inner.substr(2, inner.size() - 4));
  if (!inner.starts_with(kPrefix)) return value;
  const auto found = arguments.find(std::string(inner.substr(kPrefix.size())));
  return found == arguments.end() ? value : Json(found->second);
}

}  // namespace stagegate::argocd
