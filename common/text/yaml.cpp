#include "common/text/yaml.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "common/text/text.hpp"

namespace stagegate::text {

namespace {

// Thrown out of the parser's events and caught in parse_yaml, which is the only way to stop it.
struct Refused {
  Position at;
  std::string why;
};

Position position(const YAML::Mark& mark) {
  // A null mark has -1 everywhere.
  return {std::max(0, mark.line) + 1, std::max(0, mark.column) + 1};
}

std::string show(Position at, std::string_view why) {
  return cat("line ", at.line, ", column ", at.column, ": ", why);
}

enum class Tag { none, string, null, scalar, list, map };

// The tags of the core schema. A resolved tag is "?" for plain values without one and "!" for
// quoted ones.
std::optional<Tag> known_tag(std::string_view tag) {
  struct Known {
    std::string_view name;
    Tag tag;
  };
  constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
  constexpr std::array<Known, 7> kKnown{{{"str", Tag::string},
                                         {"null", Tag::null},
                                         {"bool", Tag::scalar},
                                         {"int", Tag::scalar},
                                         {"float", Tag::scalar},
                                         {"seq", Tag::list},
                                         {"map", Tag::map}}};
  if (tag.empty() || tag == "?") return Tag::none;
  if (tag == "!") return Tag::string;
  if (!tag.starts_with(kPrefix)) return std::nullopt;
  tag.remove_prefix(kPrefix.size());
  const auto* const found = std::find_if(kKnown.begin(), kKnown.end(),
                                         [&](const Known& known) { return known.name == tag; });
  return found == kKnown.end() ? std::nullopt : std::optional(found->tag);
}

// Builds the tree. Nodes under construction stand on a stack; a finished one moves into the one
// below it.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(YamlLimits limits) : limits_(limits) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      throw Refused{position(mark), "one document was expected, and here begins another"};
    }
    root_.at = position(mark);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    begin(YamlNode::Kind::null, mark, anchor);
    end();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Tag meaning = require(mark, tag, {Tag::none, Tag::string, Tag::null, Tag::scalar});
    if (value.find('\0') != std::string::npos) {
      throw Refused{position(mark), "a NUL character in a value"};
    }
    if (meaning == Tag::null) return OnNull(mark, anchor);
    begin(YamlNode::Kind::scalar, mark, anchor);
    open_.back().node.scalar = value;
    open_.back().node.quoted = meaning == Tag::string;
    open_.back().size.bytes = value.size();
    end();
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      throw Refused{position(mark), "an alias of something that it is itself a part of"};
    }
    const Anchored& original = found->second;
    const Size size = original.size;
    if (open_.size() + size.depth > static_cast<std::size_t>(limits_.depth)) too_deep(mark);
    count(mark, size.nodes);
    alias_bytes_ += size.bytes;
    if (alias_bytes_ > limits_.bytes) {
      throw Refused{position(mark), cat("aliases add more than ", limits_.bytes, " bytes")};
    }
    open_.push_back(Open{original.node, size, std::nullopt, 0, {}});
    open_.back().node.at = position(mark);
    end();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    require(mark, tag, {Tag::none, Tag::list});
    begin(YamlNode::Kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    require(mark, tag, {Tag::none, Tag::map});
    begin(YamlNode::Kind::map, mark, anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  // Of a whole subtree.
  struct Size {
    std::size_t nodes = 1;
    std::size_t bytes = 0;
    std::size_t depth = 1;
  };
  struct Open {
    YamlNode node;
    Size size;
    std::optional<YamlNode::Entry> entry;  // of a map: the one whose value comes next
    YAML::anchor_t anchor = 0;
    std::unordered_set<std::string> keys;
  };
  struct Anchored {
    YamlNode node;
    Size size;
  };

  static Tag require(const YAML::Mark& mark, const std::string& tag,
                     std::initializer_list<Tag> allowed) {
    const auto meaning = known_tag(tag);
    if (!meaning) throw Refused{position(mark), cat("unknown tag ", text::quoted(tag))};
    if (std::find(allowed.begin(), allowed.end(), *meaning) == allowed.end()) {
      throw Refused{position(mark), cat("the tag ", text::quoted(tag), " does not fit the value")};
    }
    return *meaning;
  }

  [[noreturn]] void too_deep(const YAML::Mark& mark) const {
    throw Refused{position(mark), cat("nested deeper than ", limits_.depth, " levels")};
  }

  void count(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > limits_.nodes) {
      throw Refused{position(mark), cat("more than ", limits_.nodes, " values, aliases expanded")};
    }
  }

  void begin(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) too_deep(mark);
    count(mark, 1);
    open_.emplace_back();
    open_.back().node.kind = kind;
    open_.back().node.at = position(mark);
    open_.back().anchor = anchor;
  }

  void end() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) {
      // The copy that is kept counts like one more alias.
      alias_bytes_ += done.size.bytes;
      anchored_[done.anchor] = Anchored{done.node, done.size};
    }
    if (open_.empty()) {
      root_ = std::move(done.node);
      return;
    }
    Open& parent = open_.back();
    parent.size.nodes += done.size.nodes;
    parent.size.bytes += done.size.bytes;
    parent.size.depth = std::max(parent.size.depth, done.size.depth + 1);
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(done.node));
    } else if (parent.entry) {
      parent.entry->value = std::move(done.node);
      parent.node.entries.push_back(std::move(*parent.entry));
      parent.entry.reset();
    } else {
      begin_entry(parent, std::move(done.node));
    }
  }

  static void begin_entry(Open& map, YamlNode key) {
    if (key.kind != YamlNode::Kind::scalar) {
      throw Refused{key.at, "a key must be a plain text"};
    }
    if (key.scalar == "<<" && !key.quoted) {
      throw Refused{key.at, "merge keys (<<) are not supported: write the entries out"};
    }
    if (!map.keys.insert(key.scalar).second) {
      throw Refused{key.at, cat("the key ", text::quoted(key.scalar), " is there twice")};
    }
    map.entry = YamlNode::Entry{std::move(key.scalar), key.at, {}};
  }

  YamlLimits limits_;
  int documents_ = 0;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchored_;
  std::size_t nodes_ = 0;
  std::size_t alias_bytes_ = 0;
  YamlNode root_;
};

// The parser does not check its input: it takes 0x04 for the end of the file, looks for UTF-16 and
// lets malformed UTF-8 through.
std::optional<Refused> foreign_character(std::string_view text) {
  Position at;
  std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (i < text.size()) {
    const std::size_t length = utf8_sequence(text, i);
    if (length == 0) return Refused{at, "no valid UTF-8"};
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control =
        (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (control) return Refused{at, cat("the control character ", int{byte}, " is not allowed")};
    at = byte == '\n' ? Position{at.line + 1, 1}
                      : Position{at.line, at.column + static_cast<int>(length)};
    i += length;
  }
  return std::nullopt;
}

// The parser takes a quoted text that is never closed for a closed one when the file ends behind a
// line break. A comment there makes it see the fault, and means nothing otherwise.
std::string guarded(std::string_view text) {
  std::string out(text);
  const std::size_t last = text.find_last_not_of(" \t");
  const bool ends_on_blank_line =
      last != std::string_view::npos && (text[last] == '\n' || text[last] == '\r');
  if (ends_on_blank_line) out += last + 1 == text.size() ? "#" : "\n#";
  return out;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

Result<YamlNode> parse_yaml(std::string_view text, YamlLimits limits) {
  if (text.size() > limits.bytes) {
    return usage(
        show({}, cat("YAML of ", text.size(), " bytes: at most ", limits.bytes, " are read")));
  }
  if (const auto refused = foreign_character(text)) return usage(show(refused->at, refused->why));
  try {
    std::istringstream stream(guarded(text));
    YAML::Parser parser(stream);
    Builder builder(limits);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Refused& refused) {
    return usage(show(refused.at, refused.why));
  } catch (const YAML::Exception& failure) {
    return usage(show(position(failure.mark), failure.msg));
  } catch (const std::exception& failure) {
    return usage(show({}, failure.what()));
  }
}

}  // namespace stagegate::text
