#include "plugins/inttest-runner/results/json_draft.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/words.hpp"

namespace stagegate::inttest {
namespace {

using Status = TestCase::Status;

constexpr std::array<std::string_view, 3> kStages = {"setup", "call", "teardown"};

// "tests/test_a.py::TestX::test_y[a::b]": the parameters may hold anything.
std::pair<std::string, std::string> split_node_id(std::string_view id) {
  const std::string_view before = id.substr(0, id.find('['));
  const std::size_t colons = before.rfind("::");
  if (colons == std::string_view::npos) return {"", std::string(id)};
  return {std::string(id.substr(0, colons)), std::string(id.substr(colons + 2))};
}

}  // namespace

bool JsonDraft::fails(const Part& part) {
  return part.status == Status::failed || part.status == Status::error;
}

void JsonDraft::begin_stage(std::string_view name) {
  const auto* found = std::find(kStages.begin(), kStages.end(), name);
  stage_.reset();
  if (found != kStages.end()) stage_ = static_cast<std::size_t>(found - kStages.begin());
}

Result<> JsonDraft::take_text(Meaning meaning, std::string_view text) {
  switch (meaning) {
    case Meaning::status:
      return take_status(text);
    case Meaning::node_id:
      node_id_ = kept_text(text);
      return {};
    case Meaning::name:
      name_ = kept_text(text);
      return {};
    case Meaning::message:
      part().message = kept_text(text);
      return {};
    case Meaning::details:
      part().details = kept_text(text);
      return {};
    case Meaning::suite:
      add_suite(text);
      return {};
    default:
      return usage("no text belongs here");
  }
}

Result<> JsonDraft::take_number(Meaning meaning, std::string_view text) {
  if (meaning == Meaning::retries) {
    const auto count = text::parse_count(text);
    if (!count) return usage(text::cat(text, " is no count"));
    retried_ = *count > 0;
    return {};
  }
  part().duration = meaning == Meaning::seconds ? seconds_of(text) : milliseconds_of(text);
  return {};
}

void JsonDraft::add_suite(std::string_view name) {
  if (!suite_.empty()) suite_ += " > ";
  suite_ = kept_text(text::cat(suite_, name));
}

Result<> JsonDraft::take_status(std::string_view word) {
  Part& told = part();
  if (told.status) return usage("the status is there twice");
  told.rerun = word == "rerun";
  told.status = told.rerun ? Status::error : status_of(word);
  if (told.status) return {};
  return usage(text::cat(text::quoted(word),
                         " is no known status; known are passed, failed, error, skipped and the "
                         "words that test tools use for them"));
}

// pytest-json-report keeps the last outcome that is not "passed": after a rerun that passed the
// test says "rerun", and only its stages say how it ended. A test that passed, or was skipped,
// with a stage that failed contradicts itself.
Status JsonDraft::status() const {
  if (whole_.status == Status::failed) return Status::failed;
  if (std::any_of(stages_.begin(), stages_.end(), fails)) return Status::error;
  if (whole_.rerun && stages_[1].status == Status::passed) return Status::passed;
  return whole_.status.value_or(Status::error);
}

// The test's own words, else those of the stage that made it what it is.
std::string JsonDraft::message(Status status) const {
  if (status == Status::passed) return "";
  if (!whole_.message.empty() || !whole_.details.empty()) {
    return message_of(whole_.message, whole_.details);
  }
  const bool skipped = status == Status::skipped;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const Part& stage = stages_[i];
    const bool is_cause = skipped ? stage.status == Status::skipped : fails(stage);
    if (!is_cause) continue;
    std::string told = message_of(stage.message, stage.details);
    if (skipped || kStages[i] == "call") return told;
    return kept_text(text::cat("at ", kStages[i], ": ", told));
  }
  return "";
}

Result<TestCase> JsonDraft::test() const {
  TestCase test;
  if (node_id_) {
    std::tie(test.suite, test.name) = split_node_id(*node_id_);
  } else {
    test.suite = suite_;
    test.name = name_;
  }
  if (test.name.empty()) return usage("the test has no name");
  if (!whole_.status) {
    return usage(text::cat("the test ", text::quoted(test.name), " has no status"));
  }
  test.status = status();
  test.message = message(test.status);
  test.duration = whole_.duration;
  for (const Part& stage : stages_) {
    if (whole_.duration || !stage.duration) continue;
    test.duration = test.duration.value_or(std::chrono::milliseconds(0)) + *stage.duration;
  }
  test.flaky = test.status == Status::passed && (flaky_ || retried_ || whole_.rerun);
  return test;
}

std::optional<TestCase> JsonDraft::failed_collection() const {
  const bool sound = whole_.status == Status::passed || whole_.status == Status::skipped;
  if (sound) return std::nullopt;
  TestCase test;
  test.suite = node_id_.value_or("");
  test.name = "collection";
  test.status = Status::error;
  test.message = whole_.details;
  return test;
}

}  // namespace stagegate::inttest
