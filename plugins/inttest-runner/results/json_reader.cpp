// pytest-json-report, CTRF and our own plain summary. The members of a report may come in any
// order, so that its form is certain at the end only: every test is understood by where it stands
// and by its own members.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/json_stream.hpp"
#include "common/text/text.hpp"
#include "plugins/inttest-runner/results/form_reader.hpp"
#include "plugins/inttest-runner/results/json_draft.hpp"
#include "plugins/inttest-runner/results/json_members.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;
using text::JsonToken;

class JsonReader : public FormReader {
 public:
  explicit JsonReader(const OnTest& on_test)
      : on_test_(on_test),
        stream_([this](JsonToken token, std::string_view text) { return take(token, text); }) {}

  Result<> feed(std::string_view bytes) override { return stream_.feed(bytes); }

  Result<Reading> finish() override {
    if (auto whole = stream_.finish(); !whole) {
      return usage(cat("the file is cut short: ", whole.error().message));
    }
    auto form = find_form();
    if (!form) return forward(std::move(form.error()));
    reading_.form = *form;
    return reading_;
  }

 private:
  // An object or a list that is open.
  struct Level {
    Place place = Place::elsewhere;
    bool list = false;
    const JsonMember* member = nullptr;  // whose value it is
    std::uint64_t seen = 0;              // the members that it had so far, by their numbers
    std::uint64_t elements = 0;
  };

  Result<> take(JsonToken token, std::string_view text) {
    switch (token) {
      case JsonToken::key:
        return take_key(text);
      case JsonToken::begin_object:
      case JsonToken::begin_array:
        return open(token == JsonToken::begin_array);
      case JsonToken::end_object:
      case JsonToken::end_array:
        return close();
      default:
        return take_scalar(token, text);
    }
  }

  Result<> take_key(std::string_view name) {
    Level& level = levels_.back();
    member_ = find_member(level.place, name);
    if (member_ == nullptr) return {};
    const std::uint64_t bit = std::uint64_t{1} << member_number(*member_);
    if ((level.seen & bit) != 0) return wrong("is there twice");
    level.seen |= bit;
    if (member_->form) saw(*member_->form);
    return {};
  }

  Result<> open(bool list) {
    if (levels_.empty()) {
      levels_.push_back({Place::top, list, nullptr});
      return {};
    }
    Level& outer = levels_.back();
    Level level{Place::elsewhere, list, std::exchange(member_, nullptr)};
    const char* wrong_with = nullptr;
    if (outer.list) {
      ++outer.elements;
      level.place = element_of(outer.place);
      if (level.place != Place::elsewhere && list) wrong_with = "is no object";
      if (outer.place == Place::suite) wrong_with = "is no text";
    } else if (level.member != nullptr) {
      level.place = level.member->inner;
      if (!may_be(*level.member, list)) wrong_with = expected(*level.member);
    }
    levels_.push_back(level);
    if (wrong_with != nullptr) return wrong(wrong_with);
    enter();
    return {};
  }

  static bool may_be(const JsonMember& member, bool list) {
    if (list) return member.meaning == Meaning::list || member.meaning == Meaning::suite;
    return member.meaning == Meaning::object;
  }

  void enter() {
    const Level& level = levels_.back();
    switch (level.place) {
      case Place::tests:
      case Place::ctrf_tests:
        reading_.lists_tests = true;
        break;
      case Place::test:
      case Place::ctrf_test:
      case Place::collector:
        draft_ = {};
        break;
      case Place::stage:
        draft_.begin_stage(level.member->name);
        break;
      default:
        break;
    }
  }

  Result<> close() {
    Result<> told;
    const Place place = levels_.back().place;
    if (place == Place::test || place == Place::ctrf_test) {
      told = tell_test(place);
    } else if (place == Place::collector) {
      if (auto failed = draft_.failed_collection()) {
        ++reading_.outside;
        told = tell(std::move(*failed));
      }
    } else if (place == Place::stage) {
      draft_.begin_stage("");
    }
    levels_.pop_back();
    return told;
  }

  Result<> tell_test(Place place) {
    auto test = draft_.test();
    if (!test) return wrong(test.error().message);
    if (place == Place::test && !draft_.has_node_id()) saw(Form::own);
    return tell(std::move(*test));
  }

  Result<> tell(TestCase test) {
    reading_.lists_tests = true;  // and be it of failed collectors only
    ++reading_.listed;
    return on_test_(std::move(test));
  }

  Result<> take_scalar(JsonToken token, std::string_view text) {
    if (levels_.empty()) return usage("the JSON is no object");
    if (levels_.back().list) return take_element(token, text);
    const JsonMember* member = member_;
    if (member != nullptr && token != JsonToken::null) {
      auto taken = take_member(*member, token, text);
      if (!taken) return wrong(taken.error().message);
    }
    member_ = nullptr;
    return {};
  }

  Result<> take_element(JsonToken token, std::string_view text) {
    Level& list = levels_.back();
    ++list.elements;
    const bool names = list.place == Place::suite;
    if (names && token == JsonToken::string) {
      draft_.add_suite(text);
    } else if (names || element_of(list.place) != Place::elsewhere) {
      return usage(
          cat(where(), '[', list.elements - 1, names ? "]: is no text" : "]: is no object"));
    }
    return {};
  }

  Result<> take_member(const JsonMember& member, JsonToken token, std::string_view text) {
    switch (member.meaning) {
      case Meaning::count:
        if (token == JsonToken::number) return add_count(member, text);
        break;
      case Meaning::exit_code:
        if (token == JsonToken::number) return take_exit_code(text);
        break;
      case Meaning::seconds:
      case Meaning::milliseconds:
      case Meaning::retries:
        if (token == JsonToken::number) return draft_.take_number(member.meaning, text);
        break;
      case Meaning::flaky:
        if (token != JsonToken::true_ && token != JsonToken::false_) break;
        draft_.take_flag(token == JsonToken::true_);
        return {};
      case Meaning::object:
      case Meaning::list:
        break;
      default:
        if (token == JsonToken::string) return draft_.take_text(member.meaning, text);
    }
    return usage(expected(member));
  }

  Result<> add_count(const JsonMember& member, std::string_view text) {
    const auto count = text::parse_count(text);
    auto& declared = reading_.declared.*member.count;
    if (!count) return usage(cat(text, " is no count"));
    if (*count > UINT64_MAX - declared.value_or(0)) return usage(cat(text, " is too much"));
    declared = declared.value_or(0) + *count;
    return {};
  }

  Result<> take_exit_code(std::string_view text) {
    const auto code = text::parse_int(text);
    if (!code) return usage(cat(text, " is no exit code"));
    reading_.declared.exit_code = code;
    return {};
  }

  static const char* expected(const JsonMember& member) {
    switch (member.meaning) {
      case Meaning::object:
        return "is no object";
      case Meaning::list:
        return "is no list";
      case Meaning::flaky:
        return "is neither true nor false";
      case Meaning::count:
      case Meaning::exit_code:
      case Meaning::seconds:
      case Meaning::milliseconds:
      case Meaning::retries:
        return "is no number";
      default:
        return "is no text";
    }
  }

  // ".tests[3].call.outcome", as jq has it.
  std::string where() const {
    std::string path;
    for (std::size_t i = 1; i < levels_.size(); ++i) {
      if (levels_[i].member != nullptr) path += cat('.', levels_[i].member->name);
      if (levels_[i - 1].list) path += cat('[', levels_[i - 1].elements - 1, ']');
    }
    if (member_ != nullptr) path += cat('.', member_->name);
    return path;
  }
  tl::unexpected<Failure> wrong(std::string_view why) const {
    return usage(cat(where(), ": ", why));
  }

  void saw(Form form) { seen_[static_cast<std::size_t>(form)] = true; }

  Result<Form> find_form() const {
    std::optional<Form> found;
    for (const Form form : {Form::own, Form::pytest_json, Form::ctrf}) {
      if (!seen_[static_cast<std::size_t>(form)]) continue;
      if (found) {
        return usage(cat("the file has members of two forms, ", form_name(*found), " and ",
                         form_name(form), "; nobody can say which of them holds"));
      }
      found = form;
    }
    if (found) return *found;
    if (reading_.lists_tests || reading_.declared != Declared{}) return Form::own;
    return usage(
        "the JSON is of no known form: it has neither \"tests\" nor \"total\" (a plain summary), "
        "nor \"exitcode\" (pytest-json-report), nor \"results\" (CTRF)");
  }

  const OnTest& on_test_;
  Reading reading_;
  std::array<bool, 5> seen_ = {};  // by form
  std::vector<Level> levels_;
  const JsonMember* member_ = nullptr;  // whose value comes next
  JsonDraft draft_;
  text::JsonStream stream_;
};

}  // namespace

std::unique_ptr<FormReader> read_json(const OnTest& on_test) {
  return std::make_unique<JsonReader>(on_test);
}

}  // namespace stagegate::inttest
