// Which idempotency keys the log's latest records have, for a writer that appends again and again:
// reading megabytes for each record would cost more than storing it, above all over a network.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "common/audit/log/view.hpp"
#include "common/result/result.hpp"

namespace stagegate::audit {

// How far back an idempotency key is looked for. A step is retried within minutes.
inline constexpr std::uint64_t kKeyHorizon = std::uint64_t{4} << 20;

// The bytes that a record with this key has in its line.
std::string key_member(std::string_view key);

class RecentKeys {
 public:
  // Takes note of the records that are new since the last time.
  Result<> look(const View& view);
  // False: no record within the horizon has the key. True: one may have it.
  bool may_have(std::string_view key) const;

 private:
  void note(std::string_view line);

  std::uint64_t size_ = 0;
  std::unordered_set<std::size_t> hashes_;
};

}  // namespace stagegate::audit
