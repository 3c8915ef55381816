#include "plugins/argocd-sync/run/ending.hpp"

#include <algorithm>
#include <array>

namespace stagegate::argocd {
namespace {

using Kind = Ending::Kind;
using step::Exit;

struct Row {
  Kind kind;
  std::string_view word;
  Exit exit;
};
constexpr std::array<Row, 13> kRows{{
    {Kind::success, "success", Exit::done},
    {Kind::failed, "failed", Exit::no},
    {Kind::superseded, "superseded", Exit::conflict},
    {Kind::reverted, "reverted", Exit::conflict},
    {Kind::lost, "lost", Exit::conflict},
    {Kind::blocked, "blocked", Exit::no},
    {Kind::paused, "paused", Exit::no},
    {Kind::gone, "gone", Exit::no},
    {Kind::timeout, "timeout", Exit::deadline},
    {Kind::misused, "usage", Exit::usage},
    {Kind::unknown, "unknown", Exit::unknown},
    {Kind::interrupted, "interrupted", Exit::terminated},
    {Kind::skipped, "skipped", Exit::done},  // whatever failed before says it
}};

const Row& row_of(Kind kind) {
  return *std::ranges::find(kRows, kind, &Row::kind);
}

// From the best to the worst; whoever reads one code only should know the one that asks for most.
constexpr std::array<Exit, 7> kOrder = {Exit::done,      Exit::deadline, Exit::no,
                                        Exit::conflict,  Exit::usage,    Exit::unknown,
                                        Exit::terminated};

}  // namespace

std::string_view word(Kind kind) {
  return row_of(kind).word;
}

Exit exit_of(Kind kind) {
  return row_of(kind).exit;
}

Exit exit_of(const std::vector<Ending>& endings) {
  auto worst = kOrder.begin();
  for (const Ending& ending : endings) {
    worst = std::max(worst, std::ranges::find(kOrder, exit_of(ending.kind)));
  }
  return *worst;
}

}  // namespace stagegate::argocd
