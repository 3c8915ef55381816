#include "common/text/text.hpp"
#include "plugins/audit-writer/verbs/verbs.hpp"

namespace stagegate::audit_writer {

Result<> printable(const std::string& verb, const std::string& output) {
  if (output == "text" || output == "json" || verb == "history") return {};
  const bool document = output == "html" || output == "md";
  if (document && verb.starts_with("report ")) return {};
  return usage(text::cat("output: ", verb, " prints text or json, not ", output));
}

}  // namespace stagegate::audit_writer
