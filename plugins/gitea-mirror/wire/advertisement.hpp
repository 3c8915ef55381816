// What a git server says first: versions 0 and 1 list capabilities and all refs, version 2 only
// capabilities. Over HTTP "# service=..." may come before.
#pragma once

#include <string_view>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/capabilities.hpp"
#include "plugins/gitea-mirror/wire/oid_list.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"
#include "plugins/gitea-mirror/wire/service.hpp"
#include "plugins/gitea-mirror/wire/snapshot.hpp"

namespace stagegate::mirror {

struct Advertisement {
  int version = 0;  // 0 or 1 (the same but for a line), or 2
  Capabilities capabilities;
  Snapshot snapshot;  // version 2: only its format; the refs are asked for (ls_refs.hpp)
  // ".have": what the server has besides its refs, from the repository it was forked of.
  OidList haves;
};

class AdvertisementReader {
 public:
  // Keeps the refs that `keep` wants, all of them without it.
  explicit AdvertisementReader(Service service, RefFilter keep = {});

  // Fails (unknown) at what is no advertisement of this service, and with what the server says is
  // wrong (ERR). Bytes behind the end are refused.
  Result<> feed(std::string_view bytes);
  bool done() const { return state_ == State::done; }
  // Fails (unknown) when the end has not come.
  Result<Advertisement> finish();

 private:
  enum class State { start, after_service, first, first_ref, refs, capabilities, done };

  Result<> take(const Pkt& pkt);
  Result<> take_flush();
  Result<> take_first(std::string_view line);
  Result<> take_first_ref(std::string_view line);
  Result<> take_ref(std::string_view line);
  Result<> take_capability(std::string_view line);

  Service service_;
  RefFilter keep_;
  PktReader pkts_;
  State state_ = State::start;
  Advertisement read_;
};

}  // namespace stagegate::mirror
