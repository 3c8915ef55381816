#include "plugins/audit-writer/query/proof.hpp"

#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit_writer {

std::string show_proof(std::uint64_t index, const audit::Proof& proof,
                       std::string_view checkpoint) {
  std::string out = text::cat("c2sp.org/tlog-proof@v1\nindex ", index, "\n");
  for (const auto& hash : proof) out += crypto::base64(hash) + "\n";
  return text::cat(out, "\n", checkpoint);
}

}  // namespace stagegate::audit_writer
