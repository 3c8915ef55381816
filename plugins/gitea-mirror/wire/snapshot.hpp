// The refs of one side at one moment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/gitea-mirror/wire/oid.hpp"
#include "plugins/gitea-mirror/wire/ref_list.hpp"

namespace stagegate::mirror {

// Which refs are kept while a listing is read; the others are not even looked at.
using RefFilter = std::function<bool(std::string_view name)>;

struct Snapshot {
  RefList refs;             // sorted; without HEAD, peeled tags and the like
  std::string head_branch;  // what HEAD names, also while that is not born; or empty
  std::optional<Oid> head;  // where HEAD is
  bool shallow = false;     // the repository lacks history: it cannot be mirrored

  HashFormat format() const { return refs.format(); }
};

}  // namespace stagegate::mirror
