#include "common/text/yaml.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "common/text/text.hpp"
#include "common/text/yaml_reader.hpp"

namespace stagegate::text {

namespace {

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
class Builder : public YamlHandler {
 public:
  explicit Builder(YamlLimits limits) : limits_(limits) {}

  YamlNode take() { return std::move(root_); }

  void on_document(const YamlMark& mark) override {
    if (documents_++ > 0) {
      throw YamlRefused{mark.at, "one document was expected, and here begins another"};
    }
    root_.at = mark.at;
  }

  void on_null(const YamlMark& mark, std::size_t anchor) override {
    begin(YamlNode::Kind::null, mark, anchor);
    end();
  }

  void on_scalar(const YamlMark& mark, const std::string& tag, std::size_t anchor,
                 const std::string& value) override {
    const Tag meaning = require(mark, tag, {Tag::none, Tag::string, Tag::null, Tag::scalar});
    if (value.find('\0') != std::string::npos) {
      throw YamlRefused{mark.at, "a NUL character in a value"};
    }
    if (meaning == Tag::null) return on_null(mark, anchor);
    begin(YamlNode::Kind::scalar, mark, anchor);
    open_.back().node.scalar = value;
    open_.back().node.quoted = meaning == Tag::string;
    open_.back().size.bytes = value.size();
    end();
  }

  void on_alias(const YamlMark& mark, std::size_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) {
      throw YamlRefused{mark.at, "an alias of something that it is itself a part of"};
    }
    const Anchored& original = found->second;
    const Size size = original.size;
    if (open_.size() + size.depth > static_cast<std::size_t>(limits_.depth)) too_deep(mark);
    count(mark, size.nodes);
    alias_bytes_ += size.bytes;
    if (alias_bytes_ > limits_.bytes) {
      throw YamlRefused{mark.at, cat("aliases add more than ", limits_.bytes, " bytes")};
    }
    open_.push_back(Open{original.node, size, std::nullopt, 0, {}});
    open_.back().node.at = mark.at;
    end();
  }

  void on_list(const YamlMark& mark, const std::string& tag, std::size_t anchor,
               Style /*style*/) override {
    require(mark, tag, {Tag::none, Tag::list});
    begin(YamlNode::Kind::list, mark, anchor);
  }

  void on_map(const YamlMark& mark, const std::string& tag, std::size_t anchor,
              Style /*style*/) override {
    require(mark, tag, {Tag::none, Tag::map});
    begin(YamlNode::Kind::map, mark, anchor);
  }
  void on_end() override { end(); }

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
    std::size_t anchor = 0;
    std::unordered_set<std::string> keys;
  };
  struct Anchored {
    YamlNode node;
    Size size;
  };

  static Tag require(const YamlMark& mark, const std::string& tag,
                     std::initializer_list<Tag> allowed) {
    const auto meaning = known_tag(tag);
    if (!meaning) throw YamlRefused{mark.at, cat("unknown tag ", text::quoted(tag))};
    if (std::find(allowed.begin(), allowed.end(), *meaning) == allowed.end()) {
      throw YamlRefused{mark.at, cat("the tag ", text::quoted(tag), " does not fit the value")};
    }
    return *meaning;
  }

  [[noreturn]] void too_deep(const YamlMark& mark) const {
    throw YamlRefused{mark.at, cat("nested deeper than ", limits_.depth, " levels")};
  }

  void count(const YamlMark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > limits_.nodes) {
      throw YamlRefused{mark.at, cat("more than ", limits_.nodes, " values, aliases expanded")};
    }
  }

  void begin(YamlNode::Kind kind, const YamlMark& mark, std::size_t anchor) {
    if (open_.size() >= static_cast<std::size_t>(limits_.depth)) too_deep(mark);
    count(mark, 1);
    open_.emplace_back();
    open_.back().node.kind = kind;
    open_.back().node.at = mark.at;
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
      throw YamlRefused{key.at, "a key must be a plain text"};
    }
    if (key.scalar == "<<" && !key.quoted) {
      throw YamlRefused{key.at, "merge keys (<<) are not supported: write the entries out"};
    }
    if (!map.keys.insert(key.scalar).second) {
      throw YamlRefused{key.at, cat("the key ", text::quoted(key.scalar), " is there twice")};
    }
    map.entry = YamlNode::Entry{std::move(key.scalar), key.at, {}};
  }

  YamlLimits limits_;
  int documents_ = 0;
  std::vector<Open> open_;
  std::unordered_map<std::size_t, Anchored> anchored_;
  std::size_t nodes_ = 0;
  std::size_t alias_bytes_ = 0;
  YamlNode root_;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

Result<YamlNode> parse_yaml(std::string_view text, YamlLimits limits) {
  Builder builder(limits);
  if (auto read = read_yaml(text, limits.bytes, builder); !read) return forward(read.error());
  return builder.take();
}

}  // namespace stagegate::text
