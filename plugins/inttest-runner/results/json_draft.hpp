// The members of one test of a JSON form, as they come in; a test case when all are there. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result/result.hpp"
#include "plugins/inttest-runner/results/json_members.hpp"
#include "plugins/inttest-runner/results/test_case.hpp"

namespace stagegate::inttest {

class JsonDraft {
 public:
  // setup, call, teardown: what follows is about this stage, until "".
  void begin_stage(std::string_view name);

  // Fails (usage) when the value cannot be what the member means.
  Result<> take_text(Meaning meaning, std::string_view text);
  Result<> take_number(Meaning meaning, std::string_view text);
  void take_flag(bool flaky) { flaky_ = flaky; }
  void add_suite(std::string_view name);

  bool has_node_id() const { return node_id_.has_value(); }
  // Fails (usage) without a name or a status.
  Result<TestCase> test() const;
  // A collector of pytest is a test case when it failed: the tests in it were never run.
  std::optional<TestCase> failed_collection() const;

 private:
  struct Part {  // the test as a whole, or one of its stages
    std::optional<TestCase::Status> status;
    bool rerun = false;  // its status is that of a try which was followed by another one
    std::optional<std::chrono::milliseconds> duration;
    std::string message;
    std::string details;
  };

  static bool fails(const Part& part);
  Part& part() { return stage_ ? stages_[*stage_] : whole_; }
  Result<> take_status(std::string_view word);
  TestCase::Status status() const;
  std::string message(TestCase::Status status) const;

  Part whole_;
  std::array<Part, 3> stages_;
  std::optional<std::size_t> stage_;
  std::optional<std::string> node_id_;
  std::string name_;
  std::string suite_;
  bool flaky_ = false;
  bool retried_ = false;
};

}  // namespace stagegate::inttest
