#include "common/text/yaml_edit.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/text/harmless.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml_plain.hpp"
#include "common/text/yaml_source.hpp"

namespace stagegate::text {
namespace {

using Kind = YamlPiece::Kind;

constexpr std::size_t kMostValue = 4096;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMostNamed = 8;  // documents in a message

tl::unexpected<Failure> refused(const YamlPiece& piece, std::string_view why) {
  return usage(located(piece.at, why));
}

// ---- which texts ----

// What begins a new line to some parsers only, or is a blank to some: they read another document.
Result<> check_lines(std::string_view text) {
  constexpr std::array<std::string_view, 4> kOdd{"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                                 kByteOrderMark};
  const std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  Position at;
  for (std::size_t i = begin; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    const bool lone_return = rest.front() == '\r' && !rest.starts_with("\r\n");
    if (lone_return || std::any_of(kOdd.begin(), kOdd.end(),
                                   [&](std::string_view odd) { return rest.starts_with(odd); })) {
      return usage(located(at,
                           "a line end (CR alone, U+0085, U+2028, U+2029) or a byte order mark "
                           "that not every parser of YAML takes for one: remove it"));
    }
    at = rest.front() == '\n' ? Position{at.line + 1, 1} : Position{at.line, at.column + 1};
  }
  return {};
}

// YAML 1.2 allows more, and some parsers take what is more for the beginning of what comes next.
bool in_anchor(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

Result<> check_anchors(const YamlSource& source) {
  for (const YamlPiece& piece : source.pieces) {
    if (!std::all_of(piece.anchor_name.begin(), piece.anchor_name.end(), in_anchor)) {
      return refused(piece, cat("the anchor ", quoted(piece.anchor_name),
                                " is read by some parsers ", "only: use letters and digits"));
    }
  }
  return {};
}

// ---- which value ----

// The way to the value, in the one document that has it.
Result<YamlWay> choose(const YamlSource& source, const YamlPlace& place) {
  const std::size_t count = source.documents.size();
  if (count == 0) return usage("the file is empty");
  if (place.document && *place.document >= count) {
    return usage(cat("there is no document ", *place.document + 1, ": the file has ", count));
  }
  std::vector<std::string> having;
  YamlWay chosen;
  for (std::size_t i = 0; i < count; ++i) {
    if (place.document && *place.document != i) continue;
    auto way = find_yaml_way(source, i, place.path);
    if (!way) return way;
    if (!way->missing.empty() && !having.empty()) continue;
    if (way->missing.empty() && having.size() < kMostNamed) having.push_back(std::to_string(i + 1));
    if (chosen.pieces.empty() || way->missing.empty()) chosen = *std::move(way);
  }
  if (having.size() > 1) {
    return usage(cat("the documents ", join(having, ", "), " all have ", quoted(place.path.text()),
                     ": only one may, to be changed"));
  }
  if (having.empty() && count > 1 && !place.document) {
    return usage(cat("none of the ", count, " documents has ", quoted(place.path.text()), ": ",
                     chosen.missing));
  }
  if (having.empty()) return usage(chosen.missing);
  return chosen;
}

// Whoever changes what an alias stands for changes both.
Result<> check_alone(const YamlSource& source, const YamlWay& way, const YamlPath& path) {
  for (std::size_t step = 0; step < way.pieces.size(); ++step) {
    const YamlPiece& piece = source.pieces[way.pieces[step]];
    if (piece.anchor == 0) continue;
    const auto alias =
        std::find_if(source.pieces.begin(), source.pieces.end(), [&](const YamlPiece& other) {
          return other.kind == Kind::alias && other.anchor == piece.anchor;
        });
    if (alias == source.pieces.end()) continue;
    const std::string name = step == 0 ? "the document" : quoted(path.text(step));
    return refused(piece, cat(name, " is used again as *", piece.anchor_name, " in line ",
                              alias->at.line, ": more than one value would change"));
  }
  return {};
}

// ---- where it is written ----

struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  char quote = 0;  // 0: plain
};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
bool is_break(char c) {
  return c == '\n' || c == '\r';
}

// Behind the anchor, if there is one.
Result<std::size_t> skip_anchor(std::string_view text, const YamlPiece& piece) {
  // What the parser noticed at the end may be behind it.
  std::size_t at = std::min(piece.offset, text.size());
  if (at < text.size() && text[at] == '&') {
    while (at < text.size() && !is_blank(text[at]) && !is_break(text[at])) ++at;
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size() || is_break(text[at]) || text[at] == '#') {
      return refused(piece, "the value must stand in the line of its anchor");
    }
  }
  if (at < text.size() && text[at] == '!') {
    return refused(piece, "the value has a tag (!): write it without, and in quotes");
  }
  return at;
}

Result<Span> quoted_span(std::string_view text, const YamlPiece& piece, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t at = begin + 1; at < text.size() && !is_break(text[at]); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && text.substr(at + 1).starts_with('\'');
      if (!doubled) return Span{begin, at + 1 - begin, quote};
      ++at;
    }
  }
  return refused(piece, "the value goes over several lines: write it in one");
}

Result<Span> plain_span(std::string_view text, const YamlPiece& piece, std::size_t begin) {
  if (piece.kind == Kind::scalar) {
    if (text.substr(begin).starts_with(piece.value)) return Span{begin, piece.value.size()};
    return refused(piece, "the value goes over several lines: write it in one");
  }
  for (const std::string_view null : {"~", "null", "Null", "NULL"}) {
    if (text.substr(begin).starts_with(null)) return Span{begin, null.size()};
  }
  return refused(piece, "there is no value to replace: write one first, for example \"\"");
}

Result<Span> span_of(std::string_view text, const YamlSource& source, std::size_t number,
                     const YamlPath& path) {
  const YamlPiece& piece = source.pieces[number];
  if (piece.kind == Kind::list || piece.kind == Kind::map) {
    return refused(piece, cat(quoted(path.text()), " is a ",
                              piece.kind == Kind::list ? "list" : "map", ", not one value"));
  }
  if (source.is_empty_value(number)) {
    return refused(piece, cat(quoted(path.text()), " has no value to replace: write one first, ",
                              "for example \"\""));
  }
  const auto begin = skip_anchor(text, piece);
  if (!begin) return forward(begin.error());
  const char first = *begin < text.size() ? text[*begin] : '\0';
  if (first == '|' || first == '>') {
    return refused(piece, "the value is a block (| or >): write it in one line");
  }
  return first == '"' || first == '\'' ? quoted_span(text, piece, *begin)
                                       : plain_span(text, piece, *begin);
}

struct Target {
  YamlSource source;
  std::size_t piece = 0;
  Span span;

  const YamlPiece& found() const { return source.pieces[piece]; }
  // A null has no text of its own.
  std::string value(std::string_view text) const {
    return found().kind == Kind::null ? std::string(text.substr(span.offset, span.length))
                                      : found().value;
  }
  bool is_text(std::string_view text) const {
    return span.quote != 0 || plain_stays_text(value(text));
  }
};

Result<Target> locate(std::string_view text, const YamlPlace& place, YamlLimits limits) {
  auto source = read_yaml_source(text, limits);
  if (!source) return forward(source.error());
  if (auto lines = check_lines(text); !lines) return forward(lines.error());
  if (auto anchors = check_anchors(*source); !anchors) return forward(anchors.error());
  const auto way = choose(*source, place);
  if (!way) return forward(way.error());
  if (auto alone = check_alone(*source, *way, place.path); !alone) return forward(alone.error());
  const std::size_t piece = way->pieces.back();
  const auto span = span_of(text, *source, piece, place.path);
  if (!span) return forward(span.error());
  return Target{*std::move(source), piece, *span};
}

// ---- the new text ----

std::string written(std::string_view value, char quote) {
  std::string out(1, quote);
  for (const char c : value) {
    if (quote == '\'' && c == '\'') out += '\'';
    if (quote == '"' && (c == '"' || c == '\\')) out += '\\';
    out += c;
  }
  return out += quote;
}

// That the edit was what it should have been, by parsing what came of it.
Result<> prove(const Target& before, std::string_view text, const YamlPlace& place,
               std::string_view value, bool in_quotes, YamlLimits limits) {
  limits.bytes += 2 * kMostValue + 2;
  auto after = locate(text, place, limits);
  std::string fault;
  if (!after) {
    fault = after.error().message;
  } else if (after->piece != before.piece || after->found().kind != Kind::scalar ||
             after->found().value != value || (after->span.quote != 0) != in_quotes) {
    fault = "the new value is not read back as it was written";
  } else if (after->source.documents != before.source.documents ||
             after->source.pieces.size() != before.source.pieces.size()) {
    fault = "the structure would change";
  } else {
    // The value itself has just been looked at.
    YamlPiece& found = after->source.pieces[after->piece];
    found.kind = before.found().kind;
    found.tag = before.found().tag;
    found.value = before.found().value;
    const auto& pieces = after->source.pieces;
    const auto other =
        std::mismatch(pieces.begin(), pieces.end(), before.source.pieces.begin(),
                      [](const YamlPiece& a, const YamlPiece& b) { return a.same_as(b); });
    if (other.first == pieces.end()) return {};
    fault = located(other.first->at, "another value would change");
  }
  return usage(
      cat("stagegate cannot edit this YAML without harm, which is a fault of its own: ", fault));
}

}  // namespace

Result<YamlScalar> find_yaml_scalar(std::string_view text, const YamlPlace& place,
                                    YamlLimits limits) {
  const auto target = locate(text, place, limits);
  if (!target) return forward(target.error());
  return YamlScalar{target->value(text), target->is_text(text), target->found().at};
}

Result<YamlEdit> edit_yaml_scalar(std::string_view text, const YamlPlace& place,
                                  std::string_view value, YamlLimits limits) {
  if (value.size() > kMostValue) {
    return usage(cat("a value of ", value.size(), " bytes: at most ", kMostValue, " are written"));
  }
  if (harmless(value) != value) {
    return usage(cat("the value ", quoted(value), " has characters that nobody could see"));
  }
  const auto target = locate(text, place, limits);
  if (!target) return forward(target.error());
  YamlEdit edit{std::string(text), target->value(text), false, target->found().at};
  if (edit.old_value == value && target->is_text(text)) return edit;

  const Span& span = target->span;
  const char quote = span.quote != 0 || fit_for_plain(value) ? span.quote : '"';
  edit.text.replace(span.offset, span.length,
                    quote == 0 ? std::string(value) : written(value, quote));
  edit.changed = true;
  auto proven = prove(*target, edit.text, place, value, quote != 0, limits);
  if (!proven) return forward(proven.error());
  return edit;
}

}  // namespace stagegate::text
