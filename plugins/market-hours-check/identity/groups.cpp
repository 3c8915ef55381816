#include <algorithm>

#include "common/text/text.hpp"
#include "plugins/market-hours-check/identity/identity.hpp"

namespace stagegate::market_hours {

std::string_view verb_of(Act act) {
  return act == Act::break_glass ? "break-glass" : "approve";
}

Result<> permit(const Permitted& permitted, Act act, const std::string& name,
                const std::vector<std::string>& groups) {
  const auto& wanted = act == Act::break_glass ? permitted.break_glass : permitted.approve;
  const bool may = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& group) {
    return group == "*" || std::find(groups.begin(), groups.end(), group) != groups.end();
  });
  if (may) return {};
  return fail(Failure::Kind::refused,
              text::cat(text::quoted(name), " may not ", verb_of(act), ": that takes the group ",
                        wanted.empty() ? "that nobody has been given" : text::join(wanted, " or "),
                        " (setting ",
                        act == Act::break_glass ? "break_glass_groups" : "approval_groups", ")"));
}

}  // namespace stagegate::market_hours
