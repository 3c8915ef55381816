#include <memory>

#include "common/http/roster.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using stagegate::http::Roster;
using Phase = Roster::Phase;

namespace {

const Roster::TimePoint kStart{};

// idle 60, head 10, body 10, handling without end, answering 10, parting 2
Roster::Lengths lengths() {
  return {60s, 10s, 10s, 0s, 10s, 2s, 0s};
}

}  // namespace

TEST_CASE("a member is overdue when its phase has lasted its length, and not a moment before") {
  Roster roster(lengths());
  Roster::Member member(roster, kStart);
  CHECK(roster.overdue(kStart + 60s - 1ns) == nullptr);
  CHECK(roster.overdue(kStart + 60s) == &member);
  roster.enter(member, Phase::head, kStart + 30s);
  CHECK(roster.overdue(kStart + 40s - 1ns) == nullptr);
  CHECK(roster.overdue(kStart + 40s) == &member);
}

TEST_CASE("a handler may take as long as it takes, and who is closed is never overdue") {
  Roster roster(lengths());
  Roster::Member member(roster, kStart);
  roster.enter(member, Phase::handling, kStart);
  CHECK(roster.overdue(kStart + 1000h) == nullptr);
  roster.enter(member, Phase::closed, kStart);
  CHECK(roster.overdue(kStart + 1000h) == nullptr);
}

TEST_CASE("whoever has waited longest in a phase is overdue first, whatever else joined or left") {
  Roster roster(lengths());
  Roster::Member first(roster, kStart);
  auto second = std::make_unique<Roster::Member>(roster, kStart + 1s);
  Roster::Member third(roster, kStart + 2s);
  CHECK(roster.overdue(kStart + 70s) == &first);
  roster.enter(first, Phase::idle, kStart + 3s);
  CHECK(roster.overdue(kStart + 70s) == second.get());
  second.reset();
  CHECK(roster.overdue(kStart + 70s) == &third);
  CHECK(roster.overdue(kStart + 61s) == nullptr);
  CHECK(roster.open() == 2);
}

TEST_CASE("room is made by whoever loses least, then by whoever has waited longest") {
  Roster roster(lengths());
  Roster::Member handling(roster, kStart);
  roster.enter(handling, Phase::handling, kStart);
  Roster::Member answering(roster, kStart);
  roster.enter(answering, Phase::answering, kStart);
  CHECK(roster.most_dispensable() == nullptr);
  Roster::Member body(roster, kStart);
  roster.enter(body, Phase::body, kStart);
  CHECK(roster.most_dispensable() == &body);
  Roster::Member head(roster, kStart + 1s);
  roster.enter(head, Phase::head, kStart + 1s);
  CHECK(roster.most_dispensable() == &head);
  Roster::Member idle(roster, kStart + 2s);
  Roster::Member idle_later(roster, kStart + 3s);
  CHECK(roster.most_dispensable() == &idle);
  Roster::Member parting(roster, kStart + 4s);
  roster.enter(parting, Phase::parting, kStart + 4s);
  CHECK(roster.most_dispensable() == &parting);
  CHECK(roster.in(Phase::idle) == std::vector<Roster::Member*>{&idle, &idle_later});
  CHECK(roster.open() == 7);
  roster.enter(parting, Phase::closed, kStart + 5s);
  CHECK(roster.open() == 6);
}
