#include "plugins/registry-tag-watch/roll.hpp"
#include "tests/catch.hpp"

using namespace stagegate::tag_watch;
using Places = std::vector<std::size_t>;

namespace {

// One image after the other is pushed, a few looks apart. How many requests are made?
std::size_t requests_for(std::size_t images, std::size_t looks_apart, std::size_t& looks) {
  Roll roll(images);
  std::size_t requests = 0;
  for (looks = 0; !roll.complete();) {
    ++looks;
    const std::size_t pushed = looks / looks_apart;
    const auto ask = [&](const Places& asked) {
      for (const std::size_t image : asked) {
        ++requests;
        roll.note(image, {image < pushed ? Sight::State::present : Sight::State::missing});
      }
    };
    const Places first = roll.first(false);
    ask(first);
    ask(roll.rest(first.front()));
  }
  return requests;
}

}  // namespace

TEST_CASE("as few requests are made as there can be: one a look, and one for each other image") {
  for (const std::size_t images : {1u, 2u, 14u}) {
    std::size_t looks = 0;
    const std::size_t requests = requests_for(images, 12, looks);
    CHECK(requests == looks + images - 1);
  }
}

TEST_CASE("the last missing image alone is asked for until it comes, then all others at once") {
  Roll roll(3);
  CHECK(roll.first(false) == Places{2});
  roll.note(2, {Sight::State::missing});
  CHECK(roll.rest(2).empty());
  roll.note(2, {Sight::State::present});
  CHECK(roll.rest(2) == Places{0, 1});
  roll.note(0, {Sight::State::present});
  roll.note(1, {Sight::State::missing});
  CHECK(roll.first(false) == Places{1});
  CHECK_FALSE(roll.complete());
  roll.note(1, {Sight::State::present});
  CHECK(roll.complete());
}

TEST_CASE("a roll call asks for all that are missing, and for none that is there") {
  Roll roll(3);
  roll.note(1, {Sight::State::present});
  CHECK(roll.first(true) == Places{0, 2});
}

TEST_CASE("an image that is not fit, or without an answer, is not there") {
  Roll roll(2);
  roll.note(0, {Sight::State::unfit});
  roll.note(1, {Sight::State::present});
  CHECK(roll.missing() == Places{0});
  CHECK_FALSE(roll.any_trouble());
  roll.note(0, {Sight::State::trouble});
  CHECK(roll.any_trouble());
}
