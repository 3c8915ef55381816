// Calendar files are written by people. Whatever one holds, it is refused with a fault that has a
// place in the file, or the calendar answers for its days.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "common/calendar/calendar.hpp"
#include "common/calendar/lint.hpp"
#include "common/calendar/schedule.hpp"

using namespace stagegate;
using namespace stagegate::market_hours;

namespace {

void ask(const Calendar& calendar, time::Date date) {
  const auto day = calendar.day(date);
  if (!day) return;
  for (const Session& session : day->sessions) {
    if (session.open >= session.close) __builtin_trap();
  }
  const auto midnight = calendar.zone().to_instants(time::Local{date}).first;
  const auto blocks = calendar.blocks(midnight, midnight + date::days{2});
  if (!blocks) return;
  for (const Block& block : *blocks) {
    if (block.begin >= block.end) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml{reinterpret_cast<const char*>(data), size};
  Faults faults;
  auto schedule = std::make_shared<const Schedule>(read_schedule(yaml, faults));
  if (!faults.usable()) {
    for (const Fault& fault : faults.take()) {
      if (fault.at.line < 1 || fault.message.empty()) __builtin_trap();
    }
    return 0;
  }
  const Calendar calendar(schedule);
  ask(calendar, calendar.valid_from());
  ask(calendar, calendar.horizon());
  for (const int month : {1, 3, 7, 11, 12})
    ask(calendar, date::local_days{date::year{2026} / month / 24});
  return 0;
}
