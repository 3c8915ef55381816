// What the hosts' words mean: which refusals a second try may mend, which one ref causes for all of
// them, and what a person should do. One table (refusal.cpp) for ng reasons, unpack errors, band 2,
// band 3 and ERR.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result/result.hpp"

namespace stagegate::mirror {

struct Refusal {
  enum class Kind {
    moved_meanwhile,       // somebody changed the ref on the target: plan again
    source_changed,        // an object that was listed is gone: read the source again
    non_fast_forward,      // the target takes no forced updates
    protected_ref,         // by a rule for this branch or tag
    rule_violation,        // by a rule of the repository (GH013)
    secret,                // push protection found one
    large_file,            // GH001
    lfs_missing,           // GH008
    pack_too_big,          // one push is limited
    workflow_scope,        // the token may not touch workflow files
    read_only_key,         // a deploy key without write access
    no_permission,         // the account may not write, or nobody may
    read_only_repository,  // archived, or a mirror itself
    hidden_ref,
    current_branch,  // checked out or the default: not to be deleted
    bad_name,
    declined,       // a hook said no, without a reason that is known
    atomic,         // another ref of the same atomic push was refused
    no_space,       // quota or disk
    storage,        // the target could not store the pack
    lacks_objects,  // the pack was not complete for the target
    unavailable,    // overloaded, in maintenance, rate limited
    other,
  };
  Kind kind = Kind::other;
  // The same, planned again from fresh refs, may work in a moment.
  bool retryable = false;
  // One ref may be to blame for what happened to all of the push: worth to be pushed apart.
  bool for_all = false;
  // What it is to the shell around the program: refused or unknown.
  Failure::Kind failure = Failure::Kind::refused;
  std::string_view advice;  // one sentence for people

  bool operator==(const Refusal&) const = default;
};

// "moved_meanwhile", for results that programs read.
std::string_view name_of(Refusal::Kind kind);

// What a server said to people during one push (band 2), which is often where the host tells why a
// hook declined.
class Remarks {
 public:
  // Of more lines than this, some in the middle are left out. All are understood.
  static constexpr std::size_t kMost = 200;

  void add(std::string_view line);
  const std::vector<std::string>& lines() const { return lines_; }
  std::size_t left_out() const { return left_out_; }
  // For classify(): the first row of the table that fits any line.
  std::size_t row() const { return row_; }

 private:
  std::vector<std::string> lines_;
  std::size_t left_out_ = 0;
  std::size_t row_ = SIZE_MAX;
};

// Of one ref: the reason of its ng line, and the remarks of its push.
Refusal classify(std::string_view reason, const Remarks& remarks);
// Of a push that could not be stored ("unpack <trouble>").
Refusal classify_unpack(std::string_view trouble, const Remarks& remarks);

// "ERR <text>", which any pkt may be; empty for all other lines.
std::optional<Failure> told_error(std::string_view line);
// The text of band 3.
Failure failure_of_fatal(std::string_view text);

}  // namespace stagegate::mirror
