// The members that the three JSON forms have, each by the object that it is in: what a report in
// which the members come in any order is understood by.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "plugins/inttest-runner/results/reading.hpp"

namespace stagegate::inttest {

enum class Place : std::uint8_t {
  elsewhere,  // passed over
  top,
  summary,
  tests,
  test,
  suite,  // CTRF: the names from the outermost suite to the innermost
  stage,  // pytest: setup, call or teardown
  crash,
  collectors,
  collector,
  ctrf,  // "results"
  ctrf_summary,
  ctrf_tests,
  ctrf_test,
};

enum class Meaning : std::uint8_t {
  object,  // with members of ours
  list,
  count,
  exit_code,
  node_id,
  name,
  status,
  message,
  details,
  seconds,
  milliseconds,
  flaky,
  retries,
  suite,
};

using Count = std::optional<std::uint64_t> Declared::*;

struct JsonMember {
  Place place;
  std::string_view name;
  Meaning meaning;
  Place inner = Place::elsewhere;  // of object and list
  Count count = nullptr;           // several of one object may add up to one count
  std::optional<Form> form = {};   // only this form has it
};

// Null for members that say nothing about the tests.
const JsonMember* find_member(Place place, std::string_view name);
// A number for each member, less than 64.
unsigned member_number(const JsonMember& member);

// What the elements of a list are.
Place element_of(Place list);

}  // namespace stagegate::inttest
