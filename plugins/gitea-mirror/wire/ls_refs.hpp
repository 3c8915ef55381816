// Protocol version 2: asking for refs by prefix, and the answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/capabilities.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"
#include "plugins/gitea-mirror/wire/snapshot.hpp"

namespace stagegate::mirror {

// Asks for HEAD and for all refs that begin with one of the prefixes. Fails (unknown) when the
// server does not offer the command.
Result<std::string> ls_refs_request(const Capabilities& offered,
                                    const std::vector<std::string_view>& prefixes);

class LsRefsReader {
 public:
  // Prefixes are a wish: a server may send more. `keep` says which of it is kept.
  explicit LsRefsReader(HashFormat format, RefFilter keep = {});

  Result<> feed(std::string_view bytes);
  bool done() const { return done_; }
  Result<Snapshot> finish();

 private:
  Result<> take(const Pkt& pkt);
  Result<> take_attributes(std::string_view name, std::string_view attributes);

  RefFilter keep_;
  PktReader pkts_;
  bool done_ = false;
  Snapshot read_;
};

}  // namespace stagegate::mirror
