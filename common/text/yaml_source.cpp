#include "common/text/yaml_source.hpp"

#include <utility>

#include "common/text/text.hpp"

namespace stagegate::text {
namespace {

using Kind = YamlPiece::Kind;

class Collector : public YamlHandler {
 public:
  explicit Collector(YamlLimits limits) : limits_(limits) {}
  YamlSource take() { return std::move(source_); }

  void on_document(const YamlMark& /*mark*/) override {
    source_.documents.push_back(source_.pieces.size());
  }
  void on_anchor(std::string_view name) override { anchor_name_ = name; }
  void on_null(const YamlMark& mark, std::size_t anchor) override {
    add(Kind::null, mark, "?", anchor);
  }
  void on_scalar(const YamlMark& mark, const std::string& tag, std::size_t anchor,
                 const std::string& value) override {
    add(Kind::scalar, mark, tag, anchor).value = value;
  }
  void on_alias(const YamlMark& mark, std::size_t anchor) override {
    add(Kind::alias, mark, "?", anchor);
  }
  void on_list(const YamlMark& mark, const std::string& tag, std::size_t anchor,
               Style style) override {
    begin(add(Kind::list, mark, tag, anchor), style);
  }
  void on_map(const YamlMark& mark, const std::string& tag, std::size_t anchor,
              Style style) override {
    begin(add(Kind::map, mark, tag, anchor), style);
  }
  void on_end() override {
    source_.pieces[open_.back()].next = source_.pieces.size();
    open_.pop_back();
  }

 private:
  YamlPiece& add(Kind kind, const YamlMark& mark, std::string_view tag, std::size_t anchor) {
    auto& pieces = source_.pieces;
    if (pieces.size() == limits_.nodes) {
      throw YamlRefused{mark.at, cat("more than ", limits_.nodes, " values")};
    }
    pieces.emplace_back();
    YamlPiece& piece = pieces.back();
    piece.kind = kind;
    piece.at = mark.at;
    piece.offset = mark.offset;
    piece.tag = tag;
    piece.anchor = anchor;
    piece.anchor_name = std::exchange(anchor_name_, {});
    piece.next = pieces.size();
    return piece;
  }
  void begin(YamlPiece& piece, Style style) {
    if (open_.size() + 1 >= static_cast<std::size_t>(limits_.depth)) {
      throw YamlRefused{piece.at, cat("nested deeper than ", limits_.depth, " levels")};
    }
    piece.style = style;
    open_.push_back(source_.pieces.size() - 1);
  }

  YamlLimits limits_;
  YamlSource source_;
  std::vector<std::size_t> open_;
  std::string anchor_name_;
};

std::string_view noun(Kind kind) {
  switch (kind) {
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
    case Kind::null:
      return "empty";
    case Kind::alias:
      return "an alias";
    case Kind::scalar:
      break;
  }
  return "one value";
}

// One document, walked along one path.
class Walk {
 public:
  Walk(const YamlSource& source, const YamlPath& path) : source_(source), path_(path) {}

  Result<YamlWay> from(std::size_t root) {
    way_.pieces.push_back(root);
    for (const YamlStep& step : path_.steps) {
      if (here().kind == Kind::alias) return alias();
      auto next = step.kind == YamlStep::Kind::key ? by_key(step.key) : by_element(step);
      if (!next) return forward(next.error());
      if (!*next) return way_;
      way_.pieces.push_back(**next);
    }
    if (here().kind == Kind::alias) return alias();
    return way_;
  }

 private:
  using Next = Result<std::optional<std::size_t>>;

  const YamlPiece& here() const { return source_.pieces[way_.pieces.back()]; }
  // What the walk has come to, for messages.
  std::string name() const {
    const std::size_t steps = way_.pieces.size() - 1;
    return steps == 0 ? std::string("the document") : quoted(path_.text(steps));
  }
  Next missing(std::string_view why) {
    way_.missing = located(here().at, cat(name(), ' ', why));
    return std::nullopt;
  }
  static tl::unexpected<Failure> refused(Position at, std::string_view why) {
    return usage(located(at, why));
  }
  tl::unexpected<Failure> alias() const {
    return refused(here().at, cat(name(), " is an alias: change what it stands for, or write the ",
                                  "value out here"));
  }

  Next by_key(const std::string& key) {
    if (here().kind != Kind::map) {
      return missing(cat("is ", noun(here().kind), ", and has no key ", quoted(key)));
    }
    auto found = in_map(way_.pieces.back(), key);
    if (!found || found->value) return found ? Next(found->value) : forward(found.error());
    if (found->merge) {
      return refused(*found->merge, cat(name(), " has no key ", quoted(key), " of its own: it may ",
                                        "come from this merge (<<); write it out below"));
    }
    return missing(cat("has no key ", quoted(key)));
  }

  struct InMap {
    std::optional<std::size_t> value;
    std::optional<Position> merge;
  };
  Result<InMap> in_map(std::size_t map, const std::string& key) const {
    InMap found;
    const auto& pieces = source_.pieces;
    for (std::size_t at = map + 1; at < pieces[map].next;) {
      const YamlPiece& written = pieces[at];
      const std::size_t value = written.next;
      at = pieces[value].next;
      if (written.kind == Kind::alias) {
        return refused(written.at, "a key that is an alias: write it out, nobody else compares it");
      }
      if (written.kind != Kind::scalar) continue;
      if (written.tag != "?" && written.tag != "!") {
        return refused(written.at, "a key with a tag: write it without, nobody else compares it");
      }
      if (written.value == "<<" && written.tag == "?" && !found.merge) found.merge = written.at;
      if (written.value != key) continue;
      if (found.value) return refused(written.at, cat("the key ", quoted(key), " is there twice"));
      found.value = value;
    }
    return found;
  }

  Next by_element(const YamlStep& step) {
    const YamlPiece& list = here();
    if (list.kind != Kind::list) {
      return missing(cat("is ", noun(list.kind), ", and has no element ", step.text()));
    }
    std::optional<std::size_t> found;
    std::size_t number = 0;
    for (std::size_t at = way_.pieces.back() + 1; at < list.next; at = source_.pieces[at].next) {
      const bool by_number = step.kind == YamlStep::Kind::index;
      const auto is_it = by_number ? Result<bool>(number == step.index) : matches(at, step);
      if (!is_it) return forward(is_it.error());
      ++number;
      if (!*is_it) continue;
      if (found) {
        return refused(source_.pieces[at].at,
                       cat("a second element of ", name(), " is ", step.text()));
      }
      found = at;
    }
    if (!found) return missing(cat("has no element ", step.text()));
    return found;
  }

  Result<bool> matches(std::size_t element, const YamlStep& step) const {
    const YamlPiece& piece = source_.pieces[element];
    if (piece.kind == Kind::alias) {
      return refused(piece.at,
                     "an element that is an alias: write it out, nobody else compares it");
    }
    if (piece.kind != Kind::map) return false;
    const auto found = in_map(element, step.key);
    if (!found) return forward(found.error());
    if (!found->value) return false;
    const YamlPiece& value = source_.pieces[*found->value];
    return value.kind == Kind::scalar && value.value == step.value;
  }

  const YamlSource& source_;
  const YamlPath& path_;
  YamlWay way_;
};

}  // namespace

bool YamlPiece::same_as(const YamlPiece& other) const {
  return kind == other.kind && tag == other.tag && anchor == other.anchor &&
         anchor_name == other.anchor_name && value == other.value && style == other.style &&
         next == other.next;
}

bool YamlSource::is_empty_value(std::size_t piece) const {
  return pieces[piece].kind == Kind::null && piece + 1 < pieces.size() &&
         pieces[piece + 1].offset == pieces[piece].offset;
}

Result<YamlSource> read_yaml_source(std::string_view text, YamlLimits limits) {
  Collector collector(limits);
  if (auto read = read_yaml(text, limits.bytes, collector); !read) return forward(read.error());
  return collector.take();
}

Result<YamlWay> find_yaml_way(const YamlSource& source, std::size_t document,
                              const YamlPath& path) {
  return Walk(source, path).from(source.documents[document]);
}

}  // namespace stagegate::text
