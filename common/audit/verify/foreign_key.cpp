#include "common/audit/verify/foreign_key.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "common/audit/log/store.hpp"
#include "common/crypto/encoding.hpp"
#include "common/fs/file.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;

constexpr std::size_t kLongestNote = std::size_t{1} << 20;

// Whose signatures there are.
struct Signers {
  bool ours = false;
  std::string other;  // the first one who is not us: "name+5a7d4433"
  bool sound = true;  // all of it can be read as signed notes
};

std::string show(const KeyId& id) {
  return crypto::hex(std::string_view(reinterpret_cast<const char*>(id.data()), id.size()));
}

void look_at(std::string_view bytes, const VerifyKey& key, Signers& signers) {
  const auto note = parse_note(bytes);
  if (!note) {
    signers.sound = false;
    return;
  }
  for (const NoteSignature& signature : note->signatures) {
    if (signature.name == key.name() && signature.id == key.id()) {
      signers.ours = true;
    } else if (signers.other.empty()) {
      signers.other = cat(signature.name, "+", show(signature.id));
    }
  }
}

}  // namespace

Result<std::optional<Found>> find_foreign_key(const Layout& layout, const VerifyKey& key) {
  const auto checkpoint = fs::read_if_there(layout.checkpoint(), kLongestNote);
  if (!checkpoint) return forward(checkpoint.error());
  if (!*checkpoint) return std::optional<Found>();
  Signers signers;
  look_at(**checkpoint, key, signers);
  // Most logs are verified with their own key: then there is nothing to look for.
  if (signers.ours || !signers.sound) return std::optional<Found>();
  const auto slots = slots_there(layout);
  if (!slots) return forward(slots.error());
  for (const std::uint64_t seq : *slots) {
    const auto bytes = fs::read_if_there(layout.slot(seq), kLongestNote);
    if (!bytes) return forward(bytes.error());
    if (!*bytes) continue;  // removed by an appender in this moment
    // The record, then a note about it.
    look_at(std::string_view(**bytes).substr(std::min((*bytes)->size(), (*bytes)->find('\n') + 1)),
            key, signers);
    if (signers.ours || !signers.sound) return std::optional<Found>();
  }
  const auto about = read_about(layout);
  std::string message =
      cat("nothing here is signed with ", key.text(), ": the checkpoint and ", slots->size(),
          " slots are signed with ", signers.other.empty() ? "no key" : signers.other);
  if (about) message += cat(", and log.json names ", about->vkey);
  message +=
      ". Either the key (audit_vkey) is of another log: compare it with what init has printed for "
      "this one, and look at audit_log; or somebody has made this log anew with a key of their own";
  return std::optional(Found{Finding::bad_signature, {}, "checkpoint", std::move(message)});
}

}  // namespace stagegate::audit
