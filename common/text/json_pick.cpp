#include "common/text/json_pick.hpp"

#include <charconv>
#include <map>
#include <set>

#include "common/text/json_stream.hpp"
#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

// The paths as a tree. Below a leaf everything is kept.
struct Step {
  std::map<std::string, Step, std::less<>> members;
  std::size_t elements = 0;  // whose callback gets the elements of the list here; 0: nobody
  bool whole() const { return members.empty(); }
};

Step& step_at(Step& root, std::string_view path) {
  Step* step = &root;
  for (const std::string_view name : split(path, '.')) {
    step = &step->members[std::string(name)];
  }
  return *step;
}

Json number_of(std::string_view text) {
  std::int64_t integer = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, integer);
  if (read.ec == std::errc() && read.ptr == end) return integer;
  double number = 0;
  std::from_chars(text.data(), end, number);
  return number;
}

}  // namespace

class JsonPick::Builder {
 public:
  Builder(const std::vector<std::string>& paths, std::size_t values)
      : stream_([this](JsonToken token, std::string_view text) { return take(token, text); }),
        left_(values) {
    for (const std::string& path : paths) step_at(root_, path);
  }

  void elements(const std::string& path, Element element) {
    callbacks_.push_back(std::move(element));
    step_at(root_, path).elements = callbacks_.size();
  }

  Result<> feed(std::string_view bytes) { return stream_.feed(bytes); }

  Result<Json> finish() {
    if (auto finished = stream_.finish(); !finished) return forward(finished.error());
    return std::move(result_);
  }

 private:
  // A value that has begun and is kept.
  struct Open {
    Json value;
    const Step* step;
    std::string key = {};             // of the member that comes next
    const Step* member = nullptr;     // what is kept of it; none: nothing
    std::set<std::string> seen = {};  // so far
  };

  Result<> take(JsonToken token, std::string_view text) {
    switch (token) {
      case JsonToken::begin_object:
        return begin(Json(Json::Object{}));
      case JsonToken::begin_array:
        return begin(Json(Json::Array{}));
      case JsonToken::end_object:
      case JsonToken::end_array:
        return end();
      case JsonToken::key:
        return key(text);
      case JsonToken::string:
        return leaf([&] { return Json(text); });
      case JsonToken::number:
        return leaf([&] { return number_of(text); });
      case JsonToken::true_:
        return leaf([] { return Json(true); });
      case JsonToken::false_:
        return leaf([] { return Json(false); });
      case JsonToken::null:
        return leaf([] { return Json(); });
    }
    return {};
  }

  // What is kept of the value that begins now; null: nothing.
  const Step* next_step() const {
    if (open_.empty()) return &root_;
    const Open& parent = open_.back();
    return parent.value.object() != nullptr ? parent.member : parent.step;
  }

  Result<> begin(Json value) {
    const Step* step = skipped_ > 0 ? nullptr : next_step();
    if (step == nullptr) {
      ++skipped_;
      return {};
    }
    if (auto counted = count(); !counted) return counted;
    open_.push_back({std::move(value), step});
    return {};
  }

  Result<> end() {
    if (skipped_ > 0) {
      --skipped_;
      return {};
    }
    Json value = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(value));
    return {};
  }

  Result<> key(std::string_view name) {
    if (skipped_ > 0) return {};
    Open& object = open_.back();
    object.member = nullptr;
    if (object.step->whole()) {
      object.member = object.step;
    } else if (const auto found = object.step->members.find(name);
               found != object.step->members.end()) {
      object.member = &found->second;
    }
    if (object.member == nullptr) return {};
    object.key = name;
    if (!object.seen.insert(object.key).second) {
      return usage(cat("the member ", quoted(name), " is there twice"));
    }
    return {};
  }

  template <class Make>
  Result<> leaf(const Make& make) {
    const Step* step = skipped_ > 0 ? nullptr : next_step();
    // Where only members are asked for, a value without any has none of them.
    if (step == nullptr || (!step->whole() && !open_.empty())) return {};
    if (auto counted = count(); !counted) return counted;
    put(make());
    return {};
  }

  void put(Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.object() != nullptr) {
      parent.value.set(parent.key, std::move(value));
    } else if (parent.step->elements > 0) {
      callbacks_[parent.step->elements - 1](std::move(value));
      left_ = std::max(left_, kForElement);  // what has been told is not in memory any more
    } else {
      parent.value.push(std::move(value));
    }
  }

  Result<> count() {
    if (left_ == 0) return usage("it has more values in it than anybody needs");
    --left_;
    return {};
  }

  static constexpr std::size_t kForElement = 10'000;

  Step root_;
  std::vector<Element> callbacks_;
  JsonStream stream_;
  std::size_t left_;
  std::vector<Open> open_;
  std::size_t skipped_ = 0;  // how deep in a value that is not kept
  Json result_;
};

JsonPick::JsonPick(const std::vector<std::string>& paths, std::size_t values)
    : builder_(std::make_unique<Builder>(paths, values)) {}
JsonPick::~JsonPick() = default;
JsonPick::JsonPick(JsonPick&&) noexcept = default;
JsonPick& JsonPick::operator=(JsonPick&&) noexcept = default;

void JsonPick::elements(const std::string& path, Element element) {
  builder_->elements(path, std::move(element));
}

Result<> JsonPick::feed(std::string_view bytes) {
  return builder_->feed(bytes);
}

Result<Json> JsonPick::finish() {
  return builder_->finish();
}

}  // namespace stagegate::text
