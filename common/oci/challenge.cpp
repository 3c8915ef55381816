#include "common/oci/challenge.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace stagegate::oci {

namespace {

constexpr std::size_t kMost = 32;  // challenges, and parameters of one

bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~/:").find(c) != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  void skip_blanks() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  void skip_separators() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == ',')) ++at_;
  }
  void skip_one() { ++at_; }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view word() {
    const std::size_t begin = at_;
    while (!done() && is_token_character(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string quoted() {  // behind the first quote
    std::string value;
    while (!done() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    take('"');
    return value;
  }
  // Up to the comma: values are not always tokens where nothing is quoted.
  std::string_view bare() {
    const std::size_t begin = at_;
    while (!done() && text_[at_] != ',' && text_[at_] != ' ' && text_[at_] != '\t') ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

void parse_field(std::string_view field, std::vector<Challenge>& out) {
  Reader reader(field);
  const std::size_t before = out.size();
  for (reader.skip_separators(); !reader.done(); reader.skip_separators()) {
    const std::string name = text::lower(reader.word());
    if (name.empty()) {
      reader.skip_one();
      continue;
    }
    reader.skip_blanks();
    if (!reader.take('=')) {  // no parameter: the scheme of the next challenge
      if (out.size() == kMost) return;
      out.push_back({name, {}});
      continue;
    }
    reader.skip_blanks();
    std::string value = reader.take('"') ? reader.quoted() : std::string(reader.bare());
    if (out.size() > before && out.back().parameters.size() < kMost) {
      out.back().parameters.emplace_back(name, std::move(value));
    }
  }
}

}  // namespace

const std::string* Challenge::find(std::string_view name) const {
  const auto found =
      std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? nullptr : &found->second;
}

std::string_view Challenge::text(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::vector<Challenge> parse_challenges(std::span<const std::string_view> fields) {
  std::vector<Challenge> challenges;
  for (const std::string_view field : fields) parse_field(field, challenges);
  return challenges;
}

std::optional<Challenge> choose(const std::vector<Challenge>& challenges) {
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme == "bearer" && !challenge.text("realm").empty()) return challenge;
  }
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme == "basic") return challenge;
  }
  return std::nullopt;
}

}  // namespace stagegate::oci
