#include "common/http/roster.hpp"

namespace stagegate::http {

using Phase = Roster::Phase;

Roster::Member::Member(Roster& roster, TimePoint now)
    : roster_(roster),
      since_(now),
      place_(roster.list(Phase::idle).insert(roster.list(Phase::idle).end(), this)) {}

Roster::Member::~Member() {
  roster_.list(phase_).erase(place_);
}

void Roster::enter(Member& member, Phase phase, TimePoint now) {
  list(phase).splice(list(phase).end(), list(member.phase_), member.place_);
  member.phase_ = phase;
  member.since_ = now;
}

Roster::Member* Roster::overdue(TimePoint now) const {
  for (std::size_t i = 0; i < phases; ++i) {
    if (lengths_[i].count() == 0 || lists_[i].empty()) continue;
    if (now - lists_[i].front()->since_ >= lengths_[i]) return lists_[i].front();
  }
  return nullptr;
}

Roster::Member* Roster::most_dispensable() const {
  for (const Phase phase : {Phase::parting, Phase::idle, Phase::head, Phase::body}) {
    if (!list(phase).empty()) return list(phase).front();
  }
  return nullptr;
}

std::vector<Roster::Member*> Roster::in(Phase phase) const {
  return {list(phase).begin(), list(phase).end()};
}

std::size_t Roster::open() const {
  std::size_t members = 0;
  for (const auto& one : lists_) members += one.size();
  return members - list(Phase::closed).size();
}

}  // namespace stagegate::http
