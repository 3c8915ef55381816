#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/words.hpp"
#include "tests/catch.hpp"

using namespace stagegate::inttest;
using Status = TestCase::Status;
using std::chrono::milliseconds;

TEST_CASE("a status is known in any case, and by no other word than the known ones") {
  CHECK(status_of("PASSED") == Status::passed);
  CHECK(status_of(" Failed ") == Status::failed);
  CHECK(status_of("xfail") == Status::skipped);
  CHECK(status_of("other") == Status::error);
  for (const auto* word : {"", "passe", "passed?", "0", "true", "completed", "run", "rerun"}) {
    CHECK_FALSE(status_of(word).has_value());
  }
}

TEST_CASE("lengths of time are read as the tools write them, or not at all") {
  CHECK(seconds_of("0.0015") == milliseconds(2));
  CHECK(seconds_of("1e-05") == milliseconds(0));
  CHECK(seconds_of("1,234.5") == milliseconds(1234500));
  CHECK(seconds_of("1,234,567") == milliseconds(1234567000));
  for (const auto* text : {"", "-1", "nan", "inf", "0,005", "1,23", ",123", "1.2s", "1e300"}) {
    INFO(text);
    CHECK_FALSE(seconds_of(text).has_value());
  }
  CHECK(milliseconds_of("1200") == milliseconds(1200));
  CHECK(milliseconds_of("0.6") == milliseconds(1));
  CHECK_FALSE(milliseconds_of("1,200").has_value());
}

TEST_CASE("a message says what happened first, and nothing twice") {
  CHECK(message_of("short", "at length") == "short\nat length");
  CHECK(message_of("short", "short, and why") == "short, and why");
  CHECK(message_of(" short\n", "") == "short");
  CHECK(message_of("", "at length") == "at length");
}

TEST_CASE("a message is cut at 4 KiB, at the end of a character, and is valid UTF-8") {
  const std::string euros = [] {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "€";
    return text;
  }();
  CHECK(kept_text(euros).size() == 4095);
  CHECK(kept_text(std::string(5000, 'a')).size() == 4096);
  CHECK(kept_text("a\xFF\xE2\x82z") == "a\uFFFD\uFFFD\uFFFDz");
}
