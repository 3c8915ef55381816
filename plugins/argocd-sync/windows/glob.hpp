// The patterns by which a sync window names applications, namespaces and clusters.
#pragma once

#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::argocd {

// Whether the whole of `text` is what the pattern says, as Argo CD has it (gobwas/glob without
// separators): * and ** any characters, slashes too; ? one; [abc], [!abc], [a-z], [!a-z] one of
// those or none of them; {one,two} either, with patterns inside; \ takes away what a character
// means. Fails (usage) for a pattern that Argo CD cannot read: there it matches nothing.
//
// Not the same are some patterns in which a * stands next to braces, "*{a,*}": that library misses
// texts that they mean.
Result<bool> glob_matches(std::string_view pattern, std::string_view text);

}  // namespace stagegate::argocd
