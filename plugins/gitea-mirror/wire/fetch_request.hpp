// Asking the source for the objects of a push, in versions 0 and 2 of the protocol.
//
// Over HTTP the request goes gzipped above 1 KiB: git's own server refuses larger ones than 10 MiB
// (http.maxRequestBuffer), counted as they arrive.
#pragma once

#include <string>

#include "common/result/result.hpp"
#include "plugins/gitea-mirror/wire/advertisement.hpp"
#include "plugins/gitea-mirror/wire/oid_list.hpp"
#include "plugins/gitea-mirror/wire/pkt_line.hpp"

namespace stagegate::mirror {

struct FetchWish {
  // Deltas against objects that are not sent, and by offset: as far as the target takes them.
  bool thin = true;
  bool ofs_delta = true;
  // "blob:limit=1024" sends no larger files. Needs a server that filters.
  std::string filter = {};

  // What the capabilities of a target allow. Without no-thin it completes thin packs by itself.
  static FetchWish for_target(const Capabilities& target);
};

// A request to one source. Every question ends in one answer: nothing is negotiated, since what the
// target has is known from its advertisement.
class FetchRequest {
 public:
  // Fails (unknown) when the source does not offer what is needed.
  static Result<FetchRequest> make(const Advertisement& source, const FetchWish& wish = {});

  // Asks for the pack: all that `wants` need and that who has `haves` lacks. `wants` is not empty.
  Result<> write(const OidList& wants, const OidList& haves, const Sink& sink) const;
  // Asks only which of `haves` the source knows, for AcknowledgmentReader. `wants` is anything that
  // the source has.
  Result<> write_question(const OidList& wants, const OidList& haves, const Sink& sink) const;
  // Whether the source can answer that.
  bool answers_questions() const { return answers_questions_; }

  int version() const { return version_; }

 private:
  Result<> write_v0(const OidList& wants, const OidList& haves, bool question,
                    PieceWriter& out) const;
  Result<> write_v2(const OidList& wants, const OidList& haves, bool question,
                    PieceWriter& out) const;

  int version_ = 0;
  bool answers_questions_ = false;
  std::string capabilities_;  // version 0: what follows the first want; 2: the lines, as pkts
  FetchWish wish_;
};

// Whether the source hands out any object that it has, not only those at the tips of refs: to
// mirror a branch at a commit that is not its tip. Some servers do without saying so: when this is
// false, "not our ref" may be the answer.
bool hands_out_any(const Advertisement& source);

}  // namespace stagegate::mirror
