#include "common/audit/tree/checkpoint.hpp"

#include "common/crypto/encoding.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {

using text::cat;

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  return key.sign(
      cat(checkpoint.origin, "\n", checkpoint.size, "\n", crypto::base64(checkpoint.root), "\n"));
}

Result<Checkpoint> open_checkpoint(std::string_view note, const VerifyKey& key) {
  const auto text = open_note(note, key);
  if (!text) return forward(text.error());
  // Origin, size, root, and the nothing after the last newline: our logs have no extension lines.
  const auto lines = text::split(*text, '\n');
  const auto malformed = [](std::string_view what) {
    return fail(Failure::Kind::conflict, cat("not a checkpoint: ", what));
  };
  if (lines.size() != 4) return malformed("origin, size and root are wanted, a line each");
  if (lines[0] != key.name()) {
    return malformed(cat("its origin is ", text::quoted(lines[0]), ", the key is ", key.name()));
  }
  const auto size = text::parse_count(lines[1]);
  if (!size) return malformed(cat("its size is ", text::quoted(lines[1])));
  const auto root = crypto::parse_base64_hash(lines[2]);
  if (!root) return malformed(cat("its root is ", text::quoted(lines[2])));
  return Checkpoint{key.name(), *size, *root};
}

}  // namespace stagegate::audit
