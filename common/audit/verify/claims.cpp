#include "common/audit/verify/claims.hpp"

#include <algorithm>
#include <utility>

#include "common/audit/log/store.hpp"
#include "common/fs/directory.hpp"
#include "common/fs/file.hpp"
#include "common/text/text.hpp"

namespace stagegate::audit {
namespace {

using text::cat;
using Source = RootClaim::Source;

constexpr std::size_t kLongestNote = std::size_t{1} << 20;

std::string name_in(const Layout& layout, const fs::Path& path) {
  return path.lexically_relative(layout.directory).native();
}

Result<> read_checkpoint(const Layout& layout, const VerifyKey& key, Claims& claims,
                         Findings& findings) {
  const std::string where = name_in(layout, layout.checkpoint());
  const auto bytes = fs::read_if_there(layout.checkpoint(), kLongestNote);
  if (!bytes) return forward(bytes.error());
  if (!*bytes) {
    findings.add(Finding::missing_file, {}, where, "there is no checkpoint");
    return {};
  }
  auto checkpoint = open_checkpoint(**bytes, key);
  if (!checkpoint) {
    findings.add(Finding::bad_signature, {}, where, checkpoint.error().message);
    return {};
  }
  claims.roots.push_back({Source::checkpoint, checkpoint->size, checkpoint->root, where});
  claims.checkpoint = std::move(*checkpoint);
  return {};
}

Result<> read_slots(const Layout& layout, const VerifyKey& key, Claims& claims,
                    Findings& findings) {
  const auto numbers = slots_there(layout);
  if (!numbers) return forward(numbers.error());
  for (const std::uint64_t seq : *numbers) {
    const std::string where = name_in(layout, layout.slot(seq));
    const auto bytes = fs::read_if_there(layout.slot(seq), kLongestNote);
    if (!bytes) return forward(bytes.error());
    if (!*bytes) continue;  // removed by an appender in this moment
    const auto slot = open_slot(**bytes, key);
    if (!slot) {
      findings.add(Finding::slot_tampered, seq, where, slot.error().message);
    } else if (slot->seq != seq) {
      findings.add(Finding::slot_tampered, seq, where, cat("it is the slot of record ", slot->seq));
    } else {
      const Hash root = slot->frontier.root();
      claims.slots[seq] = {slot->leaf, root, slot->start, slot->end};
      claims.roots.push_back({Source::slot, seq + 1, root, where});
    }
  }
  return {};
}

// Without it nobody can append. The newest slots are never removed, but what was read of them may
// be old by now.
Result<> find_missing_head(const Layout& layout, const VerifyKey& key, const Claims& claims,
                           Findings& findings) {
  if (!claims.checkpoint || claims.checkpoint->size == 0) return {};
  const std::uint64_t head = claims.checkpoint->size - 1;
  // From newer ones the head is found, too.
  if (!claims.slots.empty() && claims.slots.rbegin()->first >= head) return {};
  for (const fs::Path& directory : {layout.directory, layout.tail()}) {
    if (auto fresh = fs::refresh_directory(directory); !fresh) return fresh;
  }
  const auto slot = fs::read_if_there(layout.slot(head), kLongestNote);
  if (!slot) return forward(slot.error());
  const auto note = fs::read_if_there(layout.checkpoint(), kLongestNote);
  if (!note) return forward(note.error());
  const auto now = *note ? open_checkpoint(**note, key) : Result<Checkpoint>(*claims.checkpoint);
  if (*slot || !now || now->size > claims.checkpoint->size) return {};
  findings.add(Finding::missing_file, head, name_in(layout, layout.slot(head)),
               "the slot of the newest record is not there: nothing can be appended; run "
               "audit-writer repair, which makes it again when lines and checkpoint agree");
  return {};
}

void read_known(const VerifyOptions& options, Claims& claims, Findings& findings) {
  for (std::size_t i = 0; i < options.known.size(); ++i) {
    const std::string where = cat("known checkpoint ", i + 1);
    const auto checkpoint = open_checkpoint(options.known[i], options.key);
    if (!checkpoint) {
      findings.add(Finding::bad_signature, {}, where, checkpoint.error().message);
    } else {
      claims.roots.push_back({Source::known, checkpoint->size, checkpoint->root, where});
    }
  }
}

void find_lag(const Layout& layout, const Claims& claims, Findings& findings) {
  if (!claims.checkpoint || claims.checkpoint->size >= claims.size()) return;
  findings.add(Finding::behind, claims.checkpoint->size, name_in(layout, layout.checkpoint()),
               cat("it is of ", claims.checkpoint->size, " records, ", claims.size(),
                   " have been committed; the next append publishes a new one"));
}

// Checkpoints only: two slots of one number may come from two writers of which one came too late.
void find_forks(const Claims& claims, Findings& findings) {
  const RootClaim* last = nullptr;
  for (const RootClaim& claim : claims.roots) {
    if (claim.source == Source::slot) continue;
    if (last != nullptr && last->size == claim.size && last->root != claim.root) {
      findings.add(Finding::forked, claim.size == 0 ? 0 : claim.size - 1, claim.where,
                   cat("two different trees of ", claim.size,
                       " records have been signed: the other one is in ", last->where,
                       "; keep both, together they prove that the key was misused"));
    }
    last = &claim;
  }
}

}  // namespace

std::uint64_t Claims::size() const {
  const std::uint64_t published = checkpoint ? checkpoint->size : 0;
  return slots.empty() ? published : std::max(published, slots.rbegin()->first + 1);
}

const SlotClaim* Claims::slot(std::uint64_t seq) const {
  if (slots.empty() || seq < slots.begin()->first) return nullptr;
  const auto found = slots.find(seq);
  return found == slots.end() ? nullptr : &found->second;
}

std::optional<Hash> Claims::head_root() const {
  if (size() == 0 && !checkpoint) return std::nullopt;
  if (checkpoint && checkpoint->size == size()) return checkpoint->root;
  return slots.rbegin()->second.root;
}

Result<Claims> read_claims(const Layout& layout, const VerifyOptions& options, Findings& findings) {
  for (const fs::Path& directory : {layout.directory, layout.tail()}) {
    const auto refreshed = fs::refresh_directory(directory);
    if (!refreshed && directory == layout.directory) return forward(refreshed.error());
  }
  Claims claims;
  auto read = read_checkpoint(layout, options.key, claims, findings);
  if (!read) return forward(std::move(read).error());
  std::error_code error;
  if (!std::filesystem::exists(layout.tail(), error) && !error) {
    findings.add(Finding::missing_file, {}, name_in(layout, layout.tail()),
                 "the directory of the slots is not there");
  } else {
    read = read_slots(layout, options.key, claims, findings);
    if (!read) return forward(std::move(read).error());
    read = find_missing_head(layout, options.key, claims, findings);
    if (!read) return forward(std::move(read).error());
  }
  read_known(options, claims, findings);
  std::ranges::stable_sort(claims.roots, {}, &RootClaim::size);
  find_lag(layout, claims, findings);
  find_forks(claims, findings);
  return claims;
}

std::optional<Slot> read_slot_again(const Layout& layout, const VerifyKey& key, std::uint64_t seq) {
  const auto bytes = fs::read_if_there(layout.slot(seq), kLongestNote);
  if (!bytes || !*bytes) return std::nullopt;
  auto slot = open_slot(**bytes, key);
  if (!slot || slot->seq != seq) return std::nullopt;
  return std::move(*slot);
}

}  // namespace stagegate::audit
