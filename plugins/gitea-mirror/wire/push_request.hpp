// What goes to the target's receive-pack before the pack: one command a ref, each of them a
// compare-and-swap.
//
// Whoever has nothing to push over SSH ends with one flush-pkt (append_flush).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/capabilities.hpp"
#include "plugins/gitea-mirror/wire/oid.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"

namespace stagegate::mirror {

struct RefUpdate {
  std::string_view name;
  Oid old_id;  // zero: the ref must not be there
  Oid new_id;  // zero: the ref goes

  bool creates() const { return old_id.is_zero(); }
  bool deletes() const { return new_id.is_zero(); }
};

struct PushWish {
  bool atomic = false;                    // all or none
  bool deletes = false;                   // there are deletions
  std::vector<std::string> options = {};  // for the target's hooks: "ci.skip"
};

// What is agreed with one target for one push.
class PushTerms {
 public:
  // Fails (refused) when the target does not offer what is wished for, (unknown) when it cannot be
  // pushed to at all: nothing has been sent then.
  static Result<PushTerms> make(const Capabilities& offered, const PushWish& wish);

  // Whether the report comes in side bands.
  bool side_band() const { return side_band_; }

 private:
  friend class PushWriter;
  bool side_band_ = false;
  std::string words_;  // behind the first command's zero byte
  std::vector<std::string> options_;
};

// Writes the commands one after the other. After end() comes the pack, where there is one.
class PushWriter {
 public:
  PushWriter(PushTerms terms, Sink sink);

  Result<> add(const RefUpdate& update);
  Result<> end();
  // Whether a pack has to follow: for any creation or update, even an empty one, and never for
  // deletions alone.
  bool needs_pack() const { return needs_pack_; }

 private:
  PushTerms terms_;
  PieceWriter out_;
  bool first_ = true;
  bool needs_pack_ = false;
};

// The pack without objects: for commands whose objects the target has already. The source need not
// be asked then.
std::string_view empty_pack(HashFormat format);

}  // namespace stagegate::mirror
