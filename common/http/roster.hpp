// The connections of a server by what each waits for, and since when: who is overdue, and who goes
// when room is needed. Pure: the time is passed in.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <list>
#include <vector>

namespace stagegate::http {

// Because every phase has one length, the order in which members entered it is the order of their
// deadlines, and of who has kept the server waiting longest: a list for each phase is all the queue
// that is needed, and changing phase costs no allocation and no timer.
class Roster {
 public:
  // What a connection does, or rather whom it waits for.
  enum class Phase {
    idle,       // the client, who has not begun a request
    head,       // the client, in the middle of a header
    body,       // the client, in the middle of a body
    handling,   // a handler
    answering,  // the client, to take the answer
    parting,    // the client, to close after the last answer
    closed,
  };

  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t phases = 7;
  // How long a phase may last; zero: as long as it takes.
  using Lengths = std::array<std::chrono::milliseconds, phases>;

  class Member {
   public:
    // Enters `idle`. The roster outlives its members.
    Member(Roster& roster, TimePoint now);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    Phase phase() const { return phase_; }

   private:
    friend class Roster;
    Roster& roster_;
    Phase phase_ = Phase::idle;
    TimePoint since_;
    std::list<Member*>::iterator place_;
  };

  explicit Roster(Lengths lengths) : lengths_(lengths) {}
  Roster(const Roster&) = delete;
  Roster& operator=(const Roster&) = delete;

  void enter(Member& member, Phase phase, TimePoint now);

  // Somebody whose phase has lasted its length, or null. Whoever it is must be made to leave that
  // phase.
  Member* overdue(TimePoint now) const;

  // Who makes room for a new connection: whoever loses least, and among those the one that has kept
  // the server waiting longest; null when all have a whole request under way.
  Member* most_dispensable() const;

  std::vector<Member*> in(Phase phase) const;
  std::size_t open() const;

 private:
  std::list<Member*>& list(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }
  const std::list<Member*>& list(Phase phase) const {
    return lists_[static_cast<std::size_t>(phase)];
  }
  Lengths lengths_;
  std::array<std::list<Member*>, phases> lists_;
};

}  // namespace stagegate::http
