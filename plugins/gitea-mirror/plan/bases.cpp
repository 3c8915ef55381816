#include "plugins/gitea-mirror/plan/bases.hpp"

#include <cstdint>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "plugins/gitea-mirror/wire/ref_name.hpp"

namespace stagegate::mirror {
namespace {

OidList all_of(const RefList& refs, const OidList& more) {
  OidList all(refs.format());
  all.reserve(refs.size() + more.size());
  for (std::size_t at = 0; at < refs.size(); ++at) all.add(refs.oid(at));
  for (std::size_t at = 0; at < more.size(); ++at) all.add(more[at]);
  all.sort();
  return all;
}

// Adds what is not there yet, up to a limit.
class Haves {
 public:
  Haves(OidList first, std::size_t most) : haves_(std::move(first)), left_(most) {
    for (std::size_t at = 0; at < haves_.size(); ++at) seen_.insert(key_of(haves_[at]));
  }

  void add(const Oid& oid) {
    if (full() || !seen_.insert(key_of(oid)).second) return;
    haves_.add(oid);
    --left_;
  }
  bool full() const { return left_ == 0; }
  OidList take() { return std::move(haves_); }

 private:
  // Enough to tell them apart. Two that agree in it are one have less, no harm.
  static std::uint64_t key_of(const Oid& oid) {
    std::uint64_t key = 0;
    std::memcpy(&key, oid.bytes() + bytes_of(oid.format()) - sizeof key, sizeof key);
    return key;
  }

  OidList haves_;
  std::unordered_set<std::uint64_t> seen_;
  std::size_t left_;
};

}  // namespace

Bases bases_of(const Plan& plan, const std::vector<Change>& updates, const OidList& advertised,
               std::size_t most) {
  const RefList& refs = plan.target().refs;
  const OidList there = all_of(refs, advertised);
  Bases bases{OidList(refs.format()), OidList(refs.format())};
  OidList replaced(refs.format());
  for (const Change& change : updates) {
    const RefUpdate update = plan.update(change);
    if (!update.creates()) replaced.add(update.old_id);
    if (!update.deletes() && !there.contains(update.new_id)) bases.wants.add(update.new_id);
  }
  bases.wants.sort();

  Haves haves(std::move(replaced), most);
  if (const auto head = refs.find(plan.source().head_branch)) haves.add(refs.oid(*head));
  for (std::size_t at = 0; at < refs.size() && !haves.full(); ++at) {
    if (is_branch(refs.name(at))) haves.add(refs.oid(at));
  }
  for (std::size_t at = refs.size(); at > 0 && !haves.full(); --at) haves.add(refs.oid(at - 1));
  for (std::size_t at = 0; at < advertised.size(); ++at) haves.add(advertised[at]);
  bases.haves = haves.take();
  return bases;
}

}  // namespace stagegate::mirror
