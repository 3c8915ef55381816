#include "common/text/yaml_path.hpp"

#include <optional>

#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

constexpr std::string_view kSpecial = ".[]=\\";
constexpr std::size_t kMostSteps = 32;  // as deep as documents are read
constexpr std::size_t kMostBytes = 4096;

std::string escaped(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<YamlPath> read() {
    if (text_.empty()) return usage("a key path is empty: write for example image.tag");
    if (text_.size() > kMostBytes) return refused("it is too long");
    YamlPath path;
    do {
      if (path.steps.size() == kMostSteps) return refused("it has too many steps");
      auto step = next(path.steps.empty());
      if (!step) return forward(step.error());
      path.steps.push_back(*std::move(step));
    } while (at_ < text_.size());
    return path;
  }

 private:
  Result<YamlStep> next(bool first) {
    if (text_[at_] == '[') {
      ++at_;
      return element();
    }
    if (!first) {
      if (text_[at_] != '.') return refused("behind a ] comes a dot or another [");
      ++at_;
    }
    YamlStep step;
    const auto key = word(".[");
    if (!key) return refused(R"(a \ stands before . [ ] = and \ only)");
    if (key->empty()) return refused("a key is missing");
    step.key = *key;
    return step;
  }

  // Behind the opening bracket.
  Result<YamlStep> element() {
    YamlStep step;
    const auto left = word("=]");
    if (!left || at_ == text_.size() || left->empty()) return bad_element();
    if (text_[at_++] == ']') {
      const auto index = parse_count(*left);
      if (!index || *index > 1'000'000) return bad_element();
      step.kind = YamlStep::Kind::index;
      step.index = static_cast<std::size_t>(*index);
      return step;
    }
    const auto right = word("]");
    if (!right || at_ == text_.size()) return bad_element();
    ++at_;
    step.kind = YamlStep::Kind::match;
    step.key = *left;
    step.value = *right;
    return step;
  }

  // Up to one of `ends`, which stays; empty for a bad escape or a special character in the wrong
  // place.
  std::optional<std::string> word(std::string_view ends) {
    std::string out;
    for (; at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos; ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
        if (at_ == text_.size() || kSpecial.find(text_[at_]) == std::string_view::npos) return {};
      }
      out += text_[at_];
    }
    return out;
  }

  tl::unexpected<Failure> bad_element() const {
    return refused("in brackets stands a number from 0, or KEY=VALUE");
  }
  tl::unexpected<Failure> refused(std::string_view why) const {
    return usage(cat("the key path ", quoted(text_), ": ", why));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string YamlStep::text() const {
  if (kind == Kind::index) return cat('[', index, ']');
  if (kind == Kind::match) return cat('[', escaped(key), '=', escaped(value), ']');
  return escaped(key);
}

std::string YamlPath::text(std::size_t count) const {
  std::string out;
  for (std::size_t i = 0; i < count && i < steps.size(); ++i) {
    if (i > 0 && steps[i].kind == YamlStep::Kind::key) out += '.';
    out += steps[i].text();
  }
  return out;
}

Result<YamlPath> parse_yaml_path(std::string_view text) {
  return Reader(text).read();
}

}  // namespace stagegate::text
