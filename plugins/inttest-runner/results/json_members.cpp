#include "plugins/inttest-runner/results/json_members.hpp"

#include <algorithm>
#include <array>

namespace stagegate::inttest {
namespace {

using M = Meaning;
using P = Place;
using D = Declared;

constexpr JsonMember count(P place, std::string_view name, Count slot,
                           std::optional<Form> form = {}) {
  return {place, name, M::count, P::elsewhere, slot, form};
}

// pytest-json-report leaves counts of 0 out, and writes a rerun that passed as "rerun" (the
// outcome of the first try stays). Expected failures are no failures: see status_of.
constexpr std::array kMembers = {
    JsonMember{P::top, "exit_code", M::exit_code, {}, {}, Form::own},
    count(P::top, "total", &D::total, Form::own),
    count(P::top, "passed", &D::passed, Form::own),
    count(P::top, "failed", &D::failed, Form::own),
    count(P::top, "errors", &D::errors, Form::own),
    count(P::top, "skipped", &D::skipped, Form::own),
    JsonMember{P::top, "exitcode", M::exit_code, {}, {}, Form::pytest_json},
    JsonMember{P::top, "collectors", M::list, P::collectors, {}, Form::pytest_json},
    JsonMember{P::top, "summary", M::object, P::summary, {}, {}},
    JsonMember{P::top, "tests", M::list, P::tests, {}, {}},
    JsonMember{P::top, "results", M::object, P::ctrf, {}, Form::ctrf},

    count(P::summary, "total", &D::total),
    count(P::summary, "passed", &D::passed),
    count(P::summary, "xpassed", &D::passed),
    count(P::summary, "rerun", &D::passed),
    count(P::summary, "failed", &D::failed),
    count(P::summary, "error", &D::errors),
    count(P::summary, "errors", &D::errors),
    count(P::summary, "skipped", &D::skipped),
    count(P::summary, "xfailed", &D::skipped),

    JsonMember{P::test, "nodeid", M::node_id, {}, {}, Form::pytest_json},
    JsonMember{P::test, "name", M::name, {}, {}, {}},
    JsonMember{P::test, "status", M::status, {}, {}, {}},
    JsonMember{P::test, "outcome", M::status, {}, {}, {}},
    JsonMember{P::test, "message", M::message, {}, {}, {}},
    JsonMember{P::test, "duration", M::seconds, {}, {}, {}},
    JsonMember{P::test, "duration_ms", M::milliseconds, {}, {}, {}},
    JsonMember{P::test, "suite", M::suite, P::suite, {}, {}},
    JsonMember{P::test, "flaky", M::flaky, {}, {}, {}},
    JsonMember{P::test, "setup", M::object, P::stage, {}, {}},
    JsonMember{P::test, "call", M::object, P::stage, {}, {}},
    JsonMember{P::test, "teardown", M::object, P::stage, {}, {}},

    JsonMember{P::stage, "outcome", M::status, {}, {}, {}},
    JsonMember{P::stage, "duration", M::seconds, {}, {}, {}},
    JsonMember{P::stage, "longrepr", M::details, {}, {}, {}},
    JsonMember{P::stage, "crash", M::object, P::crash, {}, {}},
    JsonMember{P::crash, "message", M::message, {}, {}, {}},

    JsonMember{P::collector, "nodeid", M::node_id, {}, {}, {}},
    JsonMember{P::collector, "outcome", M::status, {}, {}, {}},
    JsonMember{P::collector, "longrepr", M::details, {}, {}, {}},

    JsonMember{P::ctrf, "summary", M::object, P::ctrf_summary, {}, {}},
    JsonMember{P::ctrf, "tests", M::list, P::ctrf_tests, {}, {}},
    count(P::ctrf_summary, "tests", &D::total),
    count(P::ctrf_summary, "passed", &D::passed),
    count(P::ctrf_summary, "failed", &D::failed),
    count(P::ctrf_summary, "other", &D::errors),
    count(P::ctrf_summary, "skipped", &D::skipped),
    count(P::ctrf_summary, "pending", &D::skipped),

    JsonMember{P::ctrf_test, "name", M::name, {}, {}, {}},
    JsonMember{P::ctrf_test, "status", M::status, {}, {}, {}},
    JsonMember{P::ctrf_test, "duration", M::milliseconds, {}, {}, {}},
    JsonMember{P::ctrf_test, "message", M::message, {}, {}, {}},
    JsonMember{P::ctrf_test, "trace", M::details, {}, {}, {}},
    JsonMember{P::ctrf_test, "suite", M::suite, P::suite, {}, {}},
    JsonMember{P::ctrf_test, "flaky", M::flaky, {}, {}, {}},
    JsonMember{P::ctrf_test, "retries", M::retries, {}, {}, {}},
};
static_assert(kMembers.size() <= 64);

}  // namespace

const JsonMember* find_member(Place place, std::string_view name) {
  if (place == P::elsewhere) return nullptr;
  const auto* found = std::find_if(kMembers.begin(), kMembers.end(), [&](const JsonMember& member) {
    return member.place == place && member.name == name;
  });
  return found == kMembers.end() ? nullptr : found;
}

unsigned member_number(const JsonMember& member) {
  return static_cast<unsigned>(&member - kMembers.data());
}

Place element_of(Place list) {
  switch (list) {
    case P::tests:
      return P::test;
    case P::ctrf_tests:
      return P::ctrf_test;
    case P::collectors:
      return P::collector;
    default:
      return P::elsewhere;
  }
}

}  // namespace stagegate::inttest
